import type { RetryStrategy } from '../../../imports/argo-workflows';

/**
 * What the controller says of a step that lost its node, as a regular expression over the step's message. In turn: a
 * pod that is gone, a node that shuts down, is short of something, makes room for a critical pod or refuses the pod; a
 * pod that ended before its containers began, or before they told how; containers that were told to stop (143) or had
 * to be killed (137). One that ran out of memory exits with 137 too, but has a reason of its own.
 */
export const NODE_LOSS = [
  'pod deleted',
  'imminent node shutdown',
  'low on resource',
  'Preempted in order to admit',
  'Pod was rejected',
  'Pod failed before',
  'pod failed: ',
  '(Error|ContainerStatusUnknown) \\(exit code (137|143)\\)',
].join('|');

/**
 * Repeats a step that lost its node, which on spot capacity is no fault of the step. A program that fails is not run
 * again. The controller takes {@link NODE_LOSS} for transient; as an expression here, it would hide the message of
 * every step that fails for another reason, and a back-off would delay the failure.
 */
export const RETRY_ON_NODE_LOSS: RetryStrategy = { limit: 5, retryPolicy: 'OnTransientError' };
