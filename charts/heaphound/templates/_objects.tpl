{{/* Objects that several components have in the same form; each file under templates/ is then one line.
     All take (dict "root" $ "component" "api" "values" .Values.api). */}}
{{- define "heaphound.componentName" -}}
{{ include "heaphound.fullname" .root }}-{{ .component }}
{{- end }}

{{- define "heaphound.serviceAccount" -}}
{{- if .values.serviceAccount.create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "heaphound.serviceAccountName" . }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "heaphound.labels" . | nindent 4 }}
  {{- with .values.serviceAccount.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
{{- end }}

{{- define "heaphound.pdb" -}}
{{- if .values.pdb.enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{- include "heaphound.metadata" (merge (dict "name" (include "heaphound.componentName" .)) .) | nindent 2 }}
spec:
  maxUnavailable: {{ .values.pdb.maxUnavailable }}
  selector:
    matchLabels: {{- include "heaphound.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end }}

{{- define "heaphound.hpa" -}}
{{- if .values.autoscaling.enabled }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{- include "heaphound.metadata" (merge (dict "name" (include "heaphound.componentName" .)) .) | nindent 2 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ include "heaphound.componentName" . }} }
  minReplicas: {{ .values.autoscaling.minReplicas }}
  maxReplicas: {{ .values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ .values.autoscaling.targetCPUUtilizationPercentage }} }
{{- end }}
{{- end }}

{{/* Also takes "ports": a list of {name, port, targetPort}. */}}
{{- define "heaphound.service" -}}
apiVersion: v1
kind: Service
metadata: {{- include "heaphound.metadata" (merge (dict "name" (include "heaphound.componentName" .)) .) | nindent 2 }}
spec:
  selector: {{- include "heaphound.selectorLabels" . | nindent 4 }}
  ports: {{- range .ports }}
    - { name: {{ .name }}, port: {{ .port }}, targetPort: {{ .target | default .name }}, appProtocol: {{ .protocol | default "http" }} }
  {{- end }}
{{- end }}

{{- define "heaphound.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: {{ .port }} }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: {{ .port }} }
  periodSeconds: 10
  timeoutSeconds: 5
readinessProbe:
  httpGet: { path: /readyz, port: {{ .port }} }
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}

{{/* Annotations of what only lives while a release is removed: takes the hooks. Accounts come before the jobs. */}}
{{- define "heaphound.cleanupHook" -}}
helm.sh/hook: {{ . }}
helm.sh/hook-weight: "-5"
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
