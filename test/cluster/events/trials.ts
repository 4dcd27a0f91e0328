import { createHash } from 'node:crypto';
import fs from 'node:fs';
import {
  CALENDAR_STATE,
  DEAD_LETTER,
  PORTS,
  sensorAccount,
  tokenOf,
} from '../../../charts/processing/argo-events/names';
import type { SiteTeam } from '../../../core/site';
import type { EventSourceSpec, SensorSpec } from '../../../imports/argo-events';
import { type Api, ApiError, type Resource } from '../api';
import { type ArgoWorkflows, type Workflow, workflowsOf } from '../controllers/argo-workflows';
import type { Pod } from '../controllers/pod';
import type { Scene } from '../proof';
import { pause, until } from '../wait';
import type { Bus } from './bus';
import { wordOf } from './objects';
import { post } from './post';
import { type ArgoEvents, NAMESPACE } from './programs';

/** Time in which an event starts what it starts; a busy machine takes some times as long as an idle one. */
const SOON_MS = 60_000;

/** The token that stands for what External Secrets would make. */
const TOKEN = 'the-token-of-this-proof';

/** What is posted, and what is made of it. */
export class Trials {
  /** Requests that the sensor is through with, as its log says. */
  private readonly sensorLog: string;

  constructor(
    private readonly scene: Scene,
    private readonly team: SiteTeam,
    private readonly argo: ArgoEvents,
    private readonly webhook: Pod,
    private readonly sensor: Pod,
  ) {
    this.sensorLog = sensor.service.log;
  }

  /** The Secrets that External Secrets would make, which is no part of the cluster. */
  static async tokens({ cluster }: Scene, { name }: SiteTeam): Promise<void> {
    for (const secret of [tokenOf(name), tokenOf('object-store')]) {
      // One may be there already, with what another proof has made up.
      await cluster.api.apply(
        `/api/v1/namespaces/${NAMESPACE}/secrets/${secret.name}`,
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: secret.name, namespace: NAMESPACE },
          stringData: { [secret.key]: TOKEN },
        },
        'lakeport-test',
      );
    }
  }

  /** What is posted before the sensor listens for the first time is nobody's. */
  listening = async (): Promise<string[]> => {
    await this.says(this.webhook, 'route is activated', 1);
    // A subscription of each trigger; the log tells of it a moment before it is made.
    const triggers = this.scene.site.synthesis.model.entries
      .filter(({ manifest: { kind, metadata } }) => kind === 'Sensor' && metadata.name === this.team.name)
      // The kind tells the shape.
      .reduce((sum, { manifest }) => sum + (manifest.spec as unknown as SensorSpec).triggers.length, 0);
    await this.says(this.sensor, 'Subscribing to subject', triggers);
    await pause(5_000);
    return [];
  };

  /** An event starts the pipeline and a job, which the controller of workflows takes. */
  starts = async (workflows: ArgoWorkflows): Promise<string[]> => {
    const body = '{"batch":1}';
    const problems = await this.expect(200, body, TOKEN);
    const made = await this.made(body);
    for (const { metadata, spec } of made) {
      const found = spec.arguments.parameters.find(({ name }) => name === 'event')?.value;
      if (found !== digest(body)) problems.push(`${metadata.name} is told ${found}, not ${digest(body)}`);
    }
    for (const { metadata } of made) {
      await workflows.controller.alive(
        until(
          `${metadata.name} runs`,
          async () => {
            const { status } = await this.api.get<Workflow>(`${this.workflows}/${metadata.name}`);
            if (status?.phase === 'Failed' || status?.phase === 'Error') {
              problems.push(`${metadata.name}: ${status.phase}: ${status.message}`);
              return true;
            }
            return status?.phase === 'Running';
          },
          { timeoutMs: SOON_MS, everyMs: 500, state: () => workflows.controller.lastWords() },
        ),
      );
    }
    return problems;
  };

  /** Nobody starts anything without the token. */
  refused = async (): Promise<string[]> => {
    const before = await this.names();
    const body = '{"batch":"of a stranger"}';
    const problems = [...(await this.expect(401, body)), ...(await this.expect(401, body, 'made-up'))];
    // What comes after it has overtaken nothing: one stream has one order.
    const next = '{"batch":2}';
    problems.push(...(await this.expect(200, next, TOKEN)));
    const known = new Set([...before, ...(await this.made(next)).map(({ metadata }) => metadata.name)]);
    const others = (await this.names()).filter((name) => !known.has(name));
    return [...problems, ...others.map((name) => `${name} was started without the token`)];
  };

  /** The same event twice is one. */
  twice = async (): Promise<string[]> => {
    const body = '{"batch":3,"rows":[1,2]}';
    const problems = await this.expect(200, body, TOKEN);
    const first = await this.made(body);
    const done = this.processed();
    // Otherwise written, and the same.
    problems.push(...(await this.expect(200, '{ "rows": [1, 2], "batch": 3 }', TOKEN)));
    await this.sensor.alive(
      until('the second event', async () => this.processed() >= done + 2, {
        timeoutMs: SOON_MS,
        state: () => this.sensor.lastWords(),
      }),
    );
    const second = await this.made(body);
    const same = (of: readonly Workflow[]) =>
      of
        .map(({ metadata }) => metadata.uid)
        .sort()
        .join();
    if (same(first) !== same(second)) problems.push('a second event made its workflows anew');
    const letters = await this.letters();
    return [
      ...problems,
      ...letters.map(({ metadata }) => `${metadata.name}: a second event is a dead letter`),
    ];
  };

  /** A lost server of the bus stops nothing. */
  survives = async (bus: Bus): Promise<string[]> => {
    const copies = await bus.copies();
    bus.killOne();
    const body = '{"batch":4}';
    const problems = await this.expect(200, body, TOKEN);
    await this.made(body);
    return copies === 3 ? problems : [...problems, `events have ${copies} copies, not 3`];
  };

  /** What cannot start becomes a dead letter that holds the whole event. */
  deadLetter = async (): Promise<string[]> => {
    const { namespace } = this.team;
    const quota = `/api/v1/namespaces/${namespace}/resourcequotas`;
    const name = 'no-workflows';
    await this.api.create(quota, {
      metadata: { name },
      spec: { hard: { 'count/workflows.argoproj.io': '0' } },
    });
    await until(
      'effect of a quota',
      async () => {
        const { status } = await this.api.get<Resource & { status?: { hard?: object } }>(`${quota}/${name}`);
        return status?.hard !== undefined;
      },
      { timeoutMs: SOON_MS },
    );
    const problems = await this.expect(200, '{"batch":"too many"}', TOKEN);
    const letters = await this.sensor.alive(
      until(
        'two dead letters',
        async () => {
          const found = await this.letters();
          return found.length >= 2 && found;
        },
        { timeoutMs: 8 * SOON_MS, everyMs: 1_000, state: () => this.sensor.lastWords() },
      ),
    );
    await this.api.delete(`${quota}/${name}`);
    const starts = letters
      .map(({ data }) => data?.starts)
      .sort()
      .join();
    if (starts !== 'job-run,medallion-run') problems.push(`dead letters are of ${starts}`);
    return [
      ...problems,
      ...letters
        .filter(
          ({ data }) => !/"batch": ?"too many"/.test(data?.data ?? '') || !data?.event?.includes('"id"'),
        )
        .map(({ metadata, data }) => `${metadata.name} has lost its event: ${JSON.stringify(data)}`),
    ];
  };

  /** A calendar speaks, keeps that it has, and its minute starts what it starts once. */
  calendar = async (name: string): Promise<string[]> => {
    const event = `${this.team.name}-${name}`;
    const pod = await this.argo.startProgram({ kind: 'eventsource', name: 'calendar' }, (object) => {
      const { spec, ...others } = object as { readonly spec: EventSourceSpec };
      const calendar = Object.fromEntries(
        Object.entries(spec.calendar ?? {}).map(([key, each]) => [key, { ...each, schedule: '* * * * *' }]),
      );
      return { ...others, spec: { ...spec, calendar } };
    });
    const found = await pod.alive(
      until(
        `workflows of ${event}`,
        async () => {
          const started = (await this.names()).filter((each) => each.includes(`-${name}-`));
          return started.length >= 2 && started;
        },
        { timeoutMs: 3 * SOON_MS, everyMs: 1_000, state: () => pod.lastWords() },
      ),
    );
    const state = `/api/v1/namespaces/${NAMESPACE}/configmaps/${CALENDAR_STATE}`;
    const kept = await until(
      'the time of the last event',
      async () => (await this.api.get<Held>(state)).data?.[`calendar.${event}`],
      { timeoutMs: SOON_MS },
    );
    // Every minute the schedule is another, as are the names of what it starts.
    const minute = /"eventTime":"(\S+ \S{5})/.exec(kept)?.[1]?.replace(' ', 'T');
    return minute ? [] : [`${event} keeps ${kept}; started were ${found.join()}`];
  };

  /**
   * An object is told as its cloud tells it, to the real sensor; the queue is played by a path to post to. One of another
   * bucket starts nothing, and one that is told twice starts everything once.
   */
  objects = async (name: string): Promise<string[]> => {
    const { site } = this.scene.site.synthesis.model;
    const { notifications } = site.cloud;
    const word = (bucket: string, version: string) => wordOf(notifications, bucket, 'orders/1.csv', version);
    const said = word(site.bucket('raw'), 'first');
    const again = word(site.bucket('raw'), 'the second');
    const other = word('another-bucket', 'first');
    if (!said || !again || !other) return [];
    const own = `${this.team.name}-${name}`;
    const path = '/objects';
    const pod = await this.argo.startProgram({ kind: 'eventsource', name: 'buckets' }, (object) => {
      const { spec, ...others } = object as { readonly spec: EventSourceSpec };
      const { replicas, template, ...kinds } = spec;
      // What a store posts is one event, whoever's objects are in it.
      const events = Object.values(kinds).flatMap((each) => Object.keys(each));
      const event = events.find((each) => each === own) ?? events[0] ?? own;
      const webhook = { [event]: { endpoint: path, method: 'POST', port: String(PORTS.webhook) } };
      return { ...others, spec: { replicas, template, webhook } };
    });
    await this.says(pod, 'route is activated', 1);
    const problems: string[] = [];
    for (const { body } of [other, said, said, again]) {
      const status = await pod.alive(post(pod, path, body));
      if (status !== 200) problems.push(`POST of ${body}: ${status}`);
    }
    const last = await this.started(name, again.identity);
    const first = await this.started(name, said.identity);
    const all = (await this.names()).filter((each) => each.includes(`-${name}-`));
    if (all.length !== 4) problems.push(`two objects have started ${all.join(', ')}`);
    for (const { metadata, spec } of [...first, ...last]) {
      const { value } = spec.arguments.parameters.find((each) => each.name === 'event') ?? {};
      if (value !== said.told) problems.push(`${metadata.name} is told ${value}, not ${said.told}`);
    }
    return problems;
  };

  /** A sensor starts what templates say, in the namespace of its team, and leaves what runs as it is. */
  bounded = async (other: SiteTeam | undefined): Promise<string[]> => {
    const own = await this.scene.cluster.apiOf(NAMESPACE, sensorAccount(this.team.name));
    const [running] = (await this.names()).filter((name) => name.startsWith('medallion-'));
    const { namespace } = this.team;
    const spec = { workflowTemplateRef: { name: 'medallion' } };
    const steps = [{ name: 'any', container: { image: 'example.com/any:1' } }];
    const workflow = (of: object, where = namespace) => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { generateName: 'tried-', namespace: where },
      spec: of,
    });
    const policy = /sensors-start-templates/;
    const create = (of: object) => () => own.create(this.workflows, workflow(of));
    const tries: [what: string, why: RegExp, act: () => Promise<unknown>][] = [
      ['a workflow of its own steps', policy, create({ entrypoint: 'any', templates: steps })],
      ['another account', policy, create({ ...spec, serviceAccountName: 'spark' })],
      ['a changed pod', policy, create({ ...spec, podSpecPatch: '{}' })],
      [
        'a change of what runs',
        policy,
        () => own.patch(`${this.workflows}/${running}`, { spec: { entrypoint: 'x' } }),
      ],
      ['Secrets of the team', /forbidden/, () => own.get(`/api/v1/namespaces/${namespace}/secrets`)],
    ];
    if (other) {
      const elsewhere = () => own.create(workflowsOf(other.namespace), workflow(spec, other.namespace));
      tries.push(['a workflow of another team', /forbidden/, elsewhere]);
    }
    const problems: string[] = [];
    for (const [what, why, act] of tries) {
      const answer = await refusal(act);
      if (!why.test(answer ?? '')) problems.push(`a sensor may have ${what}: ${answer ?? 'nobody minds'}`);
    }
    const fine = await refusal(create(spec));
    return fine === undefined ? problems : [...problems, `a sensor may not start a template: ${fine}`];
  };

  private get api(): Api {
    return this.scene.cluster.api;
  }

  private get workflows(): string {
    return workflowsOf(this.team.namespace);
  }

  private async expect(status: number, body: string, token?: string): Promise<string[]> {
    const found = await this.webhook.alive(post(this.webhook, `/${this.team.name}/run`, body, token));
    return found === status ? [] : [`POST of ${body}: ${found}, not ${status}`];
  }

  /** Waits until a program has logged something so often. */
  private says(pod: Pod, words: string, times: number): Promise<unknown> {
    const log = () => fs.readFileSync(pod.service.log, 'utf8');
    return pod.alive(
      until(`${pod.name}: ${words}`, async () => log().split(words).length > times, {
        timeoutMs: 2 * SOON_MS,
        everyMs: 300,
        state: () => pod.lastWords(),
      }),
    );
  }

  /** What is started by a body that was posted, once it is there. */
  private made(body: string): Promise<readonly Started[]> {
    return this.started('run', body);
  }

  /** What an event of a source starts. */
  private started(source: string, identity: string): Promise<readonly Started[]> {
    const names = ['medallion', 'job'].map((what) => `${what}-${source}-${digest(identity)}`);
    return this.sensor.alive(
      until(
        names.join(' and '),
        async () => {
          const found = await this.api.list<Started>(this.workflows);
          const ours = found.filter(({ metadata }) => names.includes(metadata.name));
          return ours.length === names.length && ours;
        },
        { timeoutMs: SOON_MS, everyMs: 300, state: () => this.sensor.lastWords() },
      ),
    );
  }

  private async names(): Promise<string[]> {
    return (await this.api.list<Workflow>(this.workflows)).map(({ metadata }) => metadata.name);
  }

  private letters(): Promise<readonly Held[]> {
    const at = `/api/v1/namespaces/${this.team.namespace}/configmaps`;
    return this.api.list<Held>(`${at}?labelSelector=${encodeURIComponent(DEAD_LETTER)}`);
  }

  private processed(): number {
    return fs.readFileSync(this.sensorLog, 'utf8').split('Successfully processed trigger').length - 1;
  }
}

interface Started extends Workflow {
  readonly spec: {
    readonly arguments: {
      readonly parameters: readonly { readonly name: string; readonly value: string }[];
    };
  };
}

interface Held extends Resource {
  readonly data?: Readonly<Record<string, string>>;
}

/** What a template of the sensor makes of what tells an event, such as a body whose keys are in order. */
const digest = (body: string): string => createHash('sha256').update(body).digest('hex').slice(0, 10);

/** Why something is refused; undefined where it is not. */
async function refusal(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}
