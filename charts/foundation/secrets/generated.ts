import type { ComponentChart } from '../../../core/chart';
import { ExternalSecret, type PasswordSpec } from '../../../imports/external-secrets';

/** Recipes of which values are generated. None has a character that a URL, a shell or a properties file reads. */
export const RECIPES = {
  /** 40 letters and digits. */
  password: { length: 40, digits: 10, symbols: 0, noUpper: false, allowRepeat: true },
  /** 64 hexadecimal digits, for programs that want a key of 32 bytes. */
  hex: { length: 32, digits: 8, symbols: 0, noUpper: false, allowRepeat: true, encoding: 'hex' },
} as const satisfies Record<string, PasswordSpec>;
export type Recipe = keyof typeof RECIPES;

export interface GeneratedSecretProps {
  readonly name: string;
  /** Default: the component's home. */
  readonly namespace?: string;
  /** Values that are generated, each apart, by key. */
  readonly keys: Readonly<Record<string, Recipe>>;
  /** Further keys: text, in which `{{ .password }}` stands for the generated value of the key `password`. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Type of the Secret. Default: `Opaque`. */
  readonly type?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Go duration after which all values are made anew, for programs that read them again while they run.
   * Default: never, since a database keeps the password that it was made with.
   */
  readonly rotation?: string | undefined;
}

/**
 * A Secret whose values are generated in the cluster and known nowhere else.
 *
 * Without a rotation nothing changes it but a person who deletes both the ExternalSecret and the Secret: it is made
 * once, it cannot be changed, and it stays when the component or the operator goes.
 */
export function generatedSecret(chart: ComponentChart, props: GeneratedSecretProps): void {
  const { name, namespace = chart.home, keys, texts, type, labels, rotation } = props;
  chart.recorded.needs.add('secrets');
  const template = {
    engineVersion: 'v2' as const,
    ...(type ? { type } : {}),
    ...(labels ? { metadata: { labels } } : {}),
    ...(texts ? { mergePolicy: 'Merge' as const, data: texts } : {}),
  };
  new ExternalSecret(chart, `generated-secret-${namespace}-${name}`, {
    metadata: { name, namespace },
    spec: {
      ...(rotation
        ? { refreshPolicy: 'Periodic', refreshInterval: rotation }
        : { refreshPolicy: 'CreatedOnce' }),
      target: {
        name,
        ...(rotation ? { creationPolicy: 'Owner' } : { creationPolicy: 'Orphan', immutable: true }),
        ...(type || labels || texts ? { template } : {}),
      },
      dataFrom: Object.entries(keys).map(([key, recipe]) => ({
        sourceRef: {
          generatorRef: {
            apiVersion: 'generators.external-secrets.io/v1alpha1',
            kind: 'ClusterGenerator',
            name: generatorName(recipe),
          },
        },
        // A generator calls what it makes «password».
        rewrite: [{ regexp: { source: '^password$', target: key } }],
      })),
    },
  });
}

/** Name of the generator of a recipe, in the whole cluster. */
export const generatorName = (recipe: Recipe): string => `lakeport-${recipe}`;
