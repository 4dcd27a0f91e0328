import { z } from 'zod';

/** Multipliers of the suffixes that Kubernetes reads in a quantity. */
const SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const QUANTITY = /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/;

/**
 * A Kubernetes quantity as a number: CPU in cores, memory and disk in bytes.
 * @throws RangeError where the text is no quantity
 */
export function parseQuantity(text: string | number): number {
  const match = QUANTITY.exec(String(text));
  const unit = SUFFIXES[match?.[2] ?? ''];
  if (!match || unit === undefined) throw new RangeError(`"${text}" is no Kubernetes quantity`);
  return Number(match[1]) * unit;
}

/** Bytes as a quantity in whole MiB, rounded up. */
export const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)}Mi`;

/** Cores as a quantity in whole millicores, rounded up. */
export const millicores = (cores: number): string => `${Math.ceil(cores * 1000 - 1e-6)}m`;

const CPU = /^\d+(\.\d{1,3})?$|^\d+m$/;
const MEMORY = /^\d+(\.\d+)?(Ki|Mi|Gi|Ti|k|M|G|T)$/;

const CPU_ERROR = 'is no CPU quantity; write cores or thousandths as text, such as "2", "0.5" or "500m"';
const MEMORY_ERROR = 'is no size; write a number with a unit as text, such as "512Mi" or "4Gi"';

/** Setting: CPU in cores, as text ("2", "0.5") or in thousandths ("500m"). */
export const cpu = () => z.string({ error: CPU_ERROR }).regex(CPU, { error: CPU_ERROR });

/** Setting: memory or disk with its unit ("512Mi", "4Gi"). */
export const bytes = () => z.string({ error: MEMORY_ERROR }).regex(MEMORY, { error: MEMORY_ERROR });
