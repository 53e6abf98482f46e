{{/* Where browsers find the GUI: as said, else the host of its Ingress, else its first route. Empty: panels have no links. */}}
{{- define "heaphound.grafanaGuiUrl" -}}
{{- if .Values.grafana.datasource.guiUrl }}{{ .Values.grafana.datasource.guiUrl }}
{{- else if .Values.gui.ingress.enabled }}{{ ternary "https" "http" (ne .Values.gui.ingress.tlsSecret "") }}://{{ .Values.gui.ingress.host }}
{{- else if and .Values.gui.httpRoute.enabled .Values.gui.httpRoute.hostnames }}https://{{ first .Values.gui.httpRoute.hostnames }}
{{- end }}
{{- end }}
