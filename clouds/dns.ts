/** Where the node-local cache of Kubernetes answers, on every node that runs it. */
export const NODE_LOCAL_DNS = '169.254.20.10/32';
