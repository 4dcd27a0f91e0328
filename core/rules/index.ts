import { isolatedNamespaces, nodesFit, quotasFit, spotFloor } from './capacity';
import { lifecyclesKeepWhatIsNeeded } from './lifecycle';
import { knownKeys, madeOnce } from './made';
import { knownScope, standardLabels, uniqueNames, validNames } from './names';
import { declaredPlacement } from './placement';
import {
  pinnedImages,
  requestsAndLimits,
  servedPodsAreProbed,
  servedPodsAreReplicated,
  tokensInUse,
} from './pods';
import { closedReferences, endpointsExist, servicesHavePods } from './references';
import type { Rule } from './rule';
import { scaledWorkloads } from './scaling';
import { noSecretValues, rbacWithoutWildcards, restrictedPods, stableSelectors } from './security';
import { fitsTheServer } from './size';

/** Every rule that synth enforces, in the order in which problems are told. */
export const rules: readonly Rule[] = [
  uniqueNames,
  validNames,
  standardLabels,
  knownScope,
  closedReferences,
  madeOnce,
  knownKeys,
  servicesHavePods,
  endpointsExist,
  declaredPlacement,
  requestsAndLimits,
  pinnedImages,
  tokensInUse,
  servedPodsAreProbed,
  servedPodsAreReplicated,
  scaledWorkloads,
  restrictedPods,
  rbacWithoutWildcards,
  noSecretValues,
  stableSelectors,
  fitsTheServer,
  isolatedNamespaces,
  nodesFit,
  quotasFit,
  spotFloor,
  lifecyclesKeepWhatIsNeeded,
];
