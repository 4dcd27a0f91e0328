import { z } from 'zod';

export const settings = z.strictObject({
  podMetrics: z
    .boolean()
    .optional()
    .describe(
      'Whether metrics-server is brought, by which is known what CPU and memory pods use; false where the cluster ' +
        'has one already, as k3s does. Default: brought on EKS and on your own machines; AKS and GKE have one',
    ),
});
