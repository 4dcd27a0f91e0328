import { whyNoServer } from '../controllers/argo-server';
import { whyNoSandbox } from '../controllers/sandbox';
import type { Outcome, Proof, Scene } from '../proof';
import { excuses } from '../rbac/excuses';
import { judge } from '../rbac/judge';
import { usesOf } from '../rbac/requests';
import { rolesOf } from '../rbac/roles';

/** No role holds more than its program uses. */
export const small: Proof = {
  name: 'small',
  claim: 'every permission of a role was used by a request of its program, or has a reason',
  sites: 'fullest',
  columns: [],
  programs: ['workflow-controller', 'spark-operator'],
  after: ['controllers', 'notebooks'],
  async run({ site, cluster }: Scene): Promise<Outcome> {
    const why = whyNoSandbox();
    if (why) return { findings: [], figures: [`${site.name}: not provable here: ${why}`] };
    const uses = await usesOf(cluster.auditLog);
    const { problems, figures } = judge(rolesOf(site.objects), uses, excuses, idle());
    return { findings: [], problems, figures: figures.map((line) => `${site.name}: ${line}`) };
  },
};

/** Roles of programs that could not be run, and why. */
function idle(): Map<string, string> {
  const why = whyNoServer();
  return new Map(why ? ['ClusterRole argo-server', 'Role argo-server'].map((role) => [role, why]) : []);
}
