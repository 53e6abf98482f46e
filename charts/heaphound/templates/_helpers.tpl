{{/* Name of the release's objects. */}}
{{- define "heaphound.fullname" -}}
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}
{{- end }}

{{/* Labels that selectors use: they never change. Call with (dict "root" $ "component" "ingester"). */}}
{{- define "heaphound.selectorLabels" -}}
app.kubernetes.io/name: heaphound
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "heaphound.labels" -}}
{{ include "heaphound.selectorLabels" . }}
app.kubernetes.io/part-of: heaphound
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* metadata of an object: (dict "root" $ "component" "api" "name" "heaphound-api"). */}}
{{- define "heaphound.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels: {{- include "heaphound.labels" . | nindent 2 }}
{{- with .root.Values.commonAnnotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* An image by digest, else by tag, else by the chart's version: (dict "root" $ "image" .Values.api.image). */}}
{{- define "heaphound.image" -}}
{{- $repository := .image.repository }}
{{- with .root.Values.global.imageRegistry }}{{ $repository = printf "%s/%s" (trimSuffix "/" .) $repository }}{{ end }}
{{- if .image.digest }}{{ printf "%s@%s" $repository .image.digest }}
{{- else }}{{ printf "%s:%s" $repository (default .root.Chart.AppVersion .image.tag) }}{{ end }}
{{- end }}

{{- define "heaphound.serviceAccountName" -}}
{{- $default := printf "%s-%s" (include "heaphound.fullname" .root) .component }}
{{- if .values.serviceAccount.create }}{{ default $default .values.serviceAccount.name }}{{ else }}{{ default "default" .values.serviceAccount.name }}{{ end }}
{{- end }}

{{/* The restricted Pod Security Standard, for pods. */}}
{{- define "heaphound.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "heaphound.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* What all pod specs share: (dict "root" $ "values" .Values.api "component" "api"). */}}
{{- define "heaphound.podSpec" -}}
securityContext: {{- include "heaphound.podSecurityContext" . | nindent 2 }}
{{- with .root.Values.global.imagePullSecrets }}
imagePullSecrets: {{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if hasKey .values "topologySpreadConstraints" }}
topologySpreadConstraints:
{{- if .values.topologySpreadConstraints }}
  {{- toYaml .values.topologySpreadConstraints | nindent 2 }}
{{- else }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "heaphound.selectorLabels" . | nindent 8 }}
{{- end }}
{{- end }}
{{- end }}

{{- define "heaphound.podMetadata" -}}
labels: {{- include "heaphound.labels" . | nindent 2 }}
  {{- with .values.podLabels }}{{ toYaml . | nindent 2 }}{{ end }}
{{- with .values.podAnnotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where ClickHouse is and who we are there, as env entries. */}}
{{- define "heaphound.clickhouseEnv" -}}
- name: HEAPHOUND_CLICKHOUSE_URL
  value: {{ include "heaphound.clickhouseUrl" . | quote }}
- name: HEAPHOUND_CLICKHOUSE_DATABASE
  value: {{ .Values.clickhouse.database | quote }}
{{- if eq .Values.clickhouse.mode "embedded" }}
- name: HEAPHOUND_CLICKHOUSE_USER
  value: heaphound
- name: HEAPHOUND_CLICKHOUSE_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ include "heaphound.clickhouseSecret" . }}, key: password } }
{{- else if .Values.clickhouse.external.existingSecret }}
- name: HEAPHOUND_CLICKHOUSE_USER
  valueFrom: { secretKeyRef: { name: {{ .Values.clickhouse.external.existingSecret }}, key: username } }
- name: HEAPHOUND_CLICKHOUSE_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ .Values.clickhouse.external.existingSecret }}, key: password } }
{{- end }}
{{- end }}

{{- define "heaphound.clickhouseUrl" -}}
{{- if eq .Values.clickhouse.mode "embedded" }}{{ printf "http://%s-clickhouse.%s.svc:8123" (include "heaphound.fullname" .) .Release.Namespace }}
{{- else }}{{ required "clickhouse.external.url is needed with clickhouse.mode=external" .Values.clickhouse.external.url }}{{ end }}
{{- end }}

{{- define "heaphound.clickhouseSecret" -}}
{{- default (printf "%s-clickhouse" (include "heaphound.fullname" .)) .Values.clickhouse.embedded.existingSecret }}
{{- end }}

{{- define "heaphound.apiUrl" -}}
http://{{ include "heaphound.fullname" . }}-api.{{ .Release.Namespace }}.svc:7412
{{- end }}
