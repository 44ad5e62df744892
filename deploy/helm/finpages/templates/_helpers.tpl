{{- define "finpages.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "finpages.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "finpages.labels" -}}
{{ include "finpages.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "finpages.secret" -}}
{{- .Values.existingSecret | default (include "finpages.name" .) -}}
{{- end -}}

{{/* By its digest, the image is the same wherever and whenever it is pulled. */}}
{{- define "finpages.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the daemon speaks: it has a certificate of its own, or none. */}}
{{- define "finpages.scheme" -}}
{{- if dig "server" "tls" "cert_file" "" .Values.config -}}HTTPS{{- else -}}HTTP{{- end -}}
{{- end -}}

{{/* The config, with what the chart decides. */}}
{{- define "finpages.config" -}}
{{- $fixed := dict
  "intercom" (dict "token_file" "/etc/finpages-secrets/intercom-token")
  "state" (.Values.database | default "/var/lib/finpages/state.db")
  "server" (dict "listen" ":9464" "token_file" "/etc/finpages-secrets/server-token") -}}
{{- mergeOverwrite (deepCopy .Values.config) $fixed | toYaml -}}
{{- end -}}
