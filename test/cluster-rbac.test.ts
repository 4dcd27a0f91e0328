import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Manifest } from '../core/manifest';
import { copiesOf } from './cluster/controllers/copied-secrets';
import { type Excuse, excuses } from './cluster/rbac/excuses';
import { judge } from './cluster/rbac/judge';
import { keyOf, type Use, usesOf } from './cluster/rbac/requests';
import { type Role, rolesOf } from './cluster/rbac/roles';
import { wholeSites } from './support/sites';

const object = (manifest: object) => ({ component: 'shop', file: '', manifest: manifest as Manifest });

const role = (namespace: string, verbs: readonly string[]) =>
  object({
    kind: 'Role',
    metadata: { name: 'till', namespace },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs }],
  });

const binding = (namespace: string, kind = 'ServiceAccount') =>
  object({
    kind: 'RoleBinding',
    metadata: { name: 'till', namespace },
    roleRef: { kind: 'Role', name: 'till' },
    subjects: [{ kind, name: 'till' }],
  });

describe('roles', () => {
  test('one that is the same in several namespaces counts once', () => {
    const found = rolesOf([role('a', ['get']), role('b', ['get']), binding('a'), binding('b')]);
    expect(found.map(({ namespaces, bindings }) => ({ namespaces, bindings }))).toEqual([
      { namespaces: ['a', 'b'], bindings: ['RoleBinding till/a', 'RoleBinding till/b'] },
    ]);
  });

  test('one that is another elsewhere counts twice', () => {
    const found = rolesOf([role('a', ['get']), role('b', ['get', 'delete']), binding('a'), binding('b')]);
    expect(found.map(({ permissions }) => permissions.length)).toEqual([1, 2]);
  });

  test('those of people are left out, and those that nobody has', () => {
    expect(rolesOf([role('a', ['get']), binding('a', 'Group'), role('b', ['get'])])).toEqual([]);
  });
});

describe('what was used', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-audit-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  const event = (verb: string, by: string, requestURI = '/api/v1/pods') =>
    JSON.stringify({
      verb,
      requestURI,
      objectRef: { resource: 'pods', apiVersion: 'v1' },
      annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': by },
    });
  const allowed = (name: string) =>
    `RBAC: allowed by RoleBinding "${name}" of Role "till" to ServiceAccount "till/shop"`;

  test('counts for the binding that allowed it', async () => {
    const log = path.join(folder, 'audit.log');
    const lines = [
      event('get', allowed('till/a')),
      event('delete', allowed('till/b')),
      event('create', 'RBAC: allowed by ClusterRoleBinding "all" of ClusterRole "all" to User "x"'),
      event('patch', ''),
      event('watch', allowed('till/b'), '/api/v1/pods?watch=true&sendInitialEvents=true'),
      event('watch', allowed('till/a'), '/api/v1/pods?watch=true&sendInitialEvents=false'),
      '{"verb":"upd',
    ];
    fs.writeFileSync(log, lines.join('\n'));
    const uses = [...(await usesOf(log))].map(([by, { asked, streamed }]) => ({
      by,
      asked: [...asked],
      streamed: [...streamed],
    }));
    expect(uses).toEqual([
      { by: 'RoleBinding till/a', asked: ['/pods get', '/pods watch'], streamed: [] },
      { by: 'RoleBinding till/b', asked: ['/pods delete', '/pods watch'], streamed: ['/pods list'] },
      { by: 'ClusterRoleBinding all', asked: ['/pods create'], streamed: [] },
    ]);
  });
});

describe('judging', () => {
  const pods = (verb: string) => ({ group: '', resource: 'pods', verb });
  const till: Role = {
    name: 'Role till',
    namespaces: ['a'],
    permissions: [pods('get'), pods('list'), pods('delete')],
    bindings: ['RoleBinding till/a'],
  };
  const use = (asked: readonly string[], streamed: readonly string[] = []) =>
    new Map<string, Use>([
      [
        'RoleBinding till/a',
        {
          asked: new Set(asked.map((verb) => keyOf(pods(verb)))),
          streamed: new Set(streamed.map((verb) => keyOf(pods(verb)))),
        },
      ],
    ]);
  const excuse = (verb: string, more: Partial<Excuse> = {}): Excuse => ({
    role: 'Role till',
    resources: ['pods'],
    verbs: [verb],
    reason: 'as the program says',
    ...more,
  });

  test('all that was used is well', () => {
    expect(judge([till], use(['get', 'list', 'delete']), [])).toEqual({
      problems: [],
      figures: ['Role till in a: 3 of 3 permissions used'],
    });
  });

  test('what was not used is told', () => {
    const { problems } = judge([till], use(['get']), []);
    expect(problems).toEqual(['Role till in a: no request used pods: list, delete']);
  });

  test('what another binding allowed does not count', () => {
    const elsewhere = new Map([...use(['get', 'list', 'delete'])].map(([, each]) => ['another', each]));
    expect(judge([till], elsewhere as ReadonlyMap<string, Use>, []).problems).toHaveLength(1);
  });

  test('a list by a watch and a reason are told apart', () => {
    expect(judge([till], use(['get'], ['list']), [excuse('delete')])).toEqual({
      problems: [],
      figures: ['Role till in a: 1 of 3 permissions used, 1 lists streamed by a watch, 1 with a reason'],
    });
  });

  test('a reason for what was used is a problem, but not for what is used by chance', () => {
    const used = use(['get', 'list', 'delete']);
    expect(judge([till], used, [excuse('delete')]).problems).toHaveLength(1);
    expect(judge([till], used, [excuse('delete', { seldom: true })]).problems).toEqual([]);
  });

  test.each([excuse('patch'), excuse('patch', { seldom: true }), excuse('get', { role: 'Role gone' })])(
    'a reason that fits nothing is a problem',
    (each) => {
      expect(judge([till], use(['get', 'list', 'delete']), [each]).problems).toHaveLength(1);
    },
  );

  test('a role whose program cannot be run is told, and neither it nor its reasons are judged', () => {
    const idle = new Map([['Role till', 'there is no program']]);
    expect(judge([till], new Map(), [excuse('delete')], idle)).toEqual({
      problems: [],
      figures: ['Role till in a: not provable here: there is no program'],
    });
  });
});

test('every reason is of a permission that dist gives', () => {
  const held = [...wholeSites().values()].flatMap(({ model }) =>
    rolesOf(model.entries.map(({ component, manifest }) => ({ component, manifest, file: '' }))),
  );
  const keys = new Set(
    held.flatMap(({ name, permissions }) => permissions.map((each) => `${name} ${keyOf(each)}`)),
  );
  const missing = excuses.flatMap(({ role: name, resources, verbs }) =>
    resources.flatMap((full) => {
      const [resource = '', ...group] = full.split('.');
      return verbs
        .map((verb) => `${name} ${keyOf({ group: group.join('.'), resource, verb })}`)
        .filter((key) => !keys.has(key));
    }),
  );
  expect(missing).toEqual([]);
});

test('what copies Secrets for a team is taken apart: whose account reads which of them where', () => {
  const copies = [...wholeSites()].map(([name, { model }]) => ({
    name,
    copies: copiesOf(model.entries.map(({ component, manifest }) => ({ component, manifest, file: '' }))).map(
      ({ namespace, from, account, wanted }) =>
        `${account} of ${namespace}: ${[...new Set(wanted.data.map(({ remoteRef }) => remoteRef.key))]} in ${from}`,
    ),
  }));
  for (const { name, copies: found } of copies) {
    expect({ name, found }).toEqual({
      name,
      found: expect.arrayContaining([
        'kafka-secrets of team-analytics: team-analytics,lake-cluster-ca-cert in kafka',
      ]),
    });
  }
});
