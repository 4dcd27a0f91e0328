import type { Platform } from '../../core/platform';
import type { Problem } from '../../core/problem';
import type { Project } from './project';

/** What a message must say; each is part of what is found there. */
export interface Expected {
  readonly site?: string;
  readonly component?: string;
  readonly field: string;
  /** As it is printed; left out where there is nothing to be found. */
  readonly found?: string;
  readonly message: string;
  readonly remedy: string;
}

/**
 * Runs a command that must be refused with one message that says all of this, for people and for machines, ends
 * with 1, prints nothing else and leaves every file as it was.
 */
export async function expectRefusal(
  project: Project,
  { site, component, field, found, message, remedy }: Expected,
  args: readonly string[] = ['synth'],
  platform?: Platform,
): Promise<void> {
  const before = project.files();
  const people = await project.runHere(args, platform);
  const [where = '', ...lines] = people.stderr.trimEnd().split('\n');
  const start = ['✖', [site, component, field].filter(Boolean).join(' › ')].join(' ');
  expect(where.startsWith(`${start}: `)).toBe(true);
  expect(where).toContain(message);
  expect(lines).toEqual([
    ...(found === undefined ? [] : [expect.stringContaining(`  found:  ${found}`)]),
    expect.stringContaining(`  remedy: ${remedy}`),
  ]);
  expect(people).toMatchObject({ status: 1, stdout: '' });

  const machines = await project.runHere([...args, '--json'], platform);
  const problems: Problem[] = JSON.parse(machines.stdout).problems;
  expect(problems).toHaveLength(1);
  expect([problems[0]?.site, problems[0]?.component, problems[0]?.field]).toEqual([site, component, field]);
  expect(machines).toMatchObject({ status: 1, stderr: '' });
  expect(project.files()).toEqual(before);
}
