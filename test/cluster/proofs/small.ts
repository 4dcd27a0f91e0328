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
  after: ['controllers', 'notebooks', 'events'],
  async run({ site, cluster }: Scene): Promise<Outcome> {
    const why = whyNoSandbox();
    if (why) return { findings: [], figures: [`${site.name}: not provable here: ${why}`] };
    const uses = await usesOf(cluster.auditLog);
    const { problems, figures } = judge(rolesOf(site.objects), uses, excuses, idle());
    return { findings: [], problems, figures: figures.map((line) => `${site.name}: ${line}`) };
  },
};

/** Programs that cannot be run everywhere, with the roles that nothing uses where they are not. */
const PROGRAMS: readonly { readonly roles: readonly string[]; readonly whyNot: () => string | undefined }[] =
  [
    { roles: ['ClusterRole argo-server', 'Role argo-server'], whyNot: whyNoServer },
    {
      roles: ['ClusterRole plugin-barman-cloud', 'Role plugin-barman-cloud'],
      whyNot: () => 'the operator of backups comes by a chart, which is not served here',
    },
    {
      roles: ['Role operator', 'ClusterRole cassandra-operator'],
      whyNot: () => 'the operators of StarRocks and Cassandra come by charts, which are not served here',
    },
    {
      roles: [
        ...['broker', 'historical', 'master', 'router', 'task'].map((name) => `Role ${name}-discovery`),
        'Role tasks',
      ],
      whyNot: () => 'Druid does not run here: Maven has not all of its parts',
    },
  ];

/** Roles of programs that could not be run, and why. */
const idle = (): Map<string, string> =>
  new Map(
    PROGRAMS.flatMap(({ roles, whyNot }) => {
      const why = whyNot();
      return why ? roles.map((role): [string, string] => [role, why]) : [];
    }),
  );
