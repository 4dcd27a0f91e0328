/**
 * Every pinned version, once. The comment above a pin tells Renovate where newer ones are found; the URLs of
 * cdk8s.yaml and argocd/install carry the same versions, which a test holds.
 */
export const versions = {
  // renovate: datasource=github-releases depName=argoproj/argo-cd
  argoCd: 'v3.5.1',
  // renovate: datasource=github-releases depName=argoproj/argo-workflows
  argoWorkflows: 'v4.1.2',
  // renovate: datasource=github-releases depName=aws/karpenter-provider-aws extractVersion=^v(?<version>.*)$
  karpenterAws: '1.14.1',
  // renovate: datasource=github-releases depName=Azure/karpenter-provider-azure extractVersion=^v(?<version>.*)$
  karpenterAzure: '1.14.2',
  // renovate: datasource=github-releases depName=bottlerocket-os/bottlerocket
  bottlerocket: 'v1.46.0',
  // The oldest GKE that a site may have, by the fields of its ComputeClass.
  // renovate: datasource=github-tags depName=GoogleCloudPlatform/compute-class-api
  gke: '1.34.0',
  // renovate: datasource=github-releases depName=cert-manager/cert-manager
  certManager: 'v1.21.1',
  // renovate: datasource=github-releases depName=kedacore/keda extractVersion=^v(?<version>.*)$
  keda: '2.20.2',
  // renovate: datasource=github-releases depName=kubernetes-sigs/metrics-server extractVersion=^metrics-server-helm-chart-(?<version>.*)$
  metricsServer: '3.13.1',
  // renovate: datasource=github-releases depName=external-secrets/external-secrets extractVersion=^v(?<version>.*)$
  externalSecrets: '2.9.0',
  // The Hadoop client in the image of Spark, which its connectors must equal.
  // renovate: datasource=maven depName=org.apache.hadoop:hadoop-aws
  hadoop: '3.4.2',
  // renovate: datasource=maven depName=com.google.cloud.bigdataoss:gcs-connector
  gcsConnector: '4.0.4',
  // renovate: datasource=docker depName=apache/spark
  spark: '4.1.3',
  // Its image of the hub has JupyterHub, KubeSpawner, the culler and the authenticators; the lines below are what is in it.
  // renovate: datasource=docker depName=quay.io/jupyterhub/k8s-hub
  zeroToJupyterHub: '4.4.0',
  // renovate: datasource=pypi depName=jupyterhub
  jupyterHub: '5.5.0',
  // renovate: datasource=docker depName=quay.io/jupyterhub/configurable-http-proxy
  configurableHttpProxy: '5.2.0',
  // renovate: datasource=docker depName=registry.k8s.io/pause
  pause: '3.10.1',
  // renovate: datasource=github-releases depName=kubeflow/spark-operator extractVersion=^v(?<version>.*)$
  sparkOperator: '2.5.2',
} as const;
