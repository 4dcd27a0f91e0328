import { rulesPlugin } from './cli/validation';
import { program } from './program';

/** The rules of lakeport as a validation plugin of cdk8s. */
export const LakeportRules = rulesPlugin(program);
