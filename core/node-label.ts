import { z } from 'zod';

const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/;

/** Setting: the key of a label of nodes. */
export const nodeLabel = () =>
  z.string().regex(KEY, { error: 'is no label of nodes; write one such as "topology.kubernetes.io/zone"' });
