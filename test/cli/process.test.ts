import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { thisProcess } from '../../core/process';
import { mounted, NO_ROOT, onDisk, only, unprivileged } from '../support/machine';
import { Project } from '../support/project';

// lakeport as a user starts it: processes, terminals, signals and disks. What it says is tested in the other files.
let project: Project;
beforeEach(() => {
  project = new Project('small').site('one');
});
afterEach(() => project.remove());

const OTHER = '{ mirrors: { "example.com": "mirror.example.com" } }';

test('a site is written, told as JSON, and found unchanged in another time zone, language and folder', () => {
  project.remove();
  project = new Project().site('one');
  const { stdout, ...rest } = project.run(['synth', '--json']);
  expect(rest).toEqual({ status: 0, stderr: '' });
  const files = project.files();
  const count = Object.keys(files).length;
  expect(JSON.parse(stdout).sites).toMatchObject([{ site: 'one', objects: count, files: { added: count } }]);
  fs.rmSync(project.dist, { recursive: true });
  const env = {
    TZ: 'Pacific/Kiritimati',
    LANG: 'tr_TR.UTF-8',
    LC_ALL: 'tr_TR.UTF-8',
    CDK8S_DISABLE_SORT: '1',
  };
  expect(project.run(['synth'], { env, cwd: '/' }).status).toBe(0);
  expect(project.files()).toEqual(files);
});

describe('what goes wrong is told on standard error, with 1 at the end', () => {
  test('overlays, each with what is wrong in it', () => {
    const wrong: readonly [string, string, RegExp][] = [
      ['a-value', 'export default defineOverlay({});', /^✖ a-value › cloud: is missing\n {2}remedy: /m],
      [
        'an-error',
        '\nconst site: string | undefined = undefined;\nexport default site.length;',
        /^✖ an-error › overlays\/an-error\.ts:4: throws while it is read\n {2}found: {2}"TypeError: .*"\n {2}remedy: /m,
      ],
      [
        'a-syntax-error',
        'export default {{;',
        /^✖ a-syntax-error › overlays\/a-syntax-error\.ts:2: has a syntax error\n {2}found: /m,
      ],
      [
        'an-import',
        'import "./nowhere";',
        /^✖ an-import › .*: imports what is not there\n {2}found: {2}".\/nowhere"\n/m,
      ],
    ];
    for (const [site, text] of wrong)
      project.overlay(site, `import { defineOverlay } from 'REPOSITORY/core/overlay';\n${text}`);
    const { status, stdout, stderr } = project.run(['synth']);
    for (const [, , message] of wrong) expect(stderr).toMatch(message);
    // And nothing else, such as a stack.
    const rest = stderr.split('\n').filter((line) => !/^(✖ an?-| {2}found: | {2}remedy: )/.test(line));
    expect(rest.join('')).toBe('');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(project.files()).toEqual({});
  });

  test('a command', () => {
    expect(project.run(['syth'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining("unknown command 'syth'\n(Did you mean synth?)"),
    });
  });
});

describe('help', () => {
  test('teaches what to do first', () => {
    const { status, stdout } = project.run(['--help']);
    for (const part of ['synth', 'list', 'explain', 'One file in overlays/ describes a site', 'Start here:'])
      expect(stdout).toContain(part);
    expect(status).toBe(0);
  });

  test('of a command tells its options', () => {
    const { status, stdout } = project.run(['synth', '--help']);
    for (const part of ['--check', '--json', '--allow-shrink', 'Ends with 0']) expect(stdout).toContain(part);
    expect(status).toBe(0);
  });
});

const ESCAPE = String.fromCharCode(27);
const terminal = only(spawnSync('script', ['--version']).status === 0, 'script(1) of util-linux');

describe('on a terminal', () => {
  /** Runs synth on a terminal of its own. */
  const onTerminal = (env: NodeJS.ProcessEnv) => {
    const [command, args] = project.command('synth');
    const line = [command, ...args].map((part) => `'${part}'`).join(' ');
    const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '', ...env },
    });
    return stdout;
  };

  terminal('there is a line of progress, and colours', () => {
    const text = onTerminal({});
    expect(text).toContain('synth one (1 of 1)');
    expect(text).toContain(`${ESCAPE}[1mone${ESCAPE}[22m`);
  });

  terminal('NO_COLOR leaves the progress only', () => {
    const text = onTerminal({ NO_COLOR: '1' });
    expect(text).toContain('synth one (1 of 1)');
    expect(text).not.toMatch(new RegExp(`${ESCAPE}\\[\\d+m`));
  });
});

test('in a pipe there is neither progress nor colour, whatever CI and TERM say', () => {
  const { stdout, stderr } = project.run(['synth'], { env: { CI: 'true', TERM: 'xterm-256color' } });
  expect(stdout).not.toContain(ESCAPE);
  expect(stderr).toBe('');
});

describe('what the system refuses', () => {
  beforeEach(async () => {
    await project.runHere(['synth']);
    project.site('one', OTHER);
  });

  /** Runs synth through another program. */
  const through = ([program, options]: readonly [string, readonly string[]], ...args: string[]) => {
    const [command, rest] = project.command('synth', ...args);
    const { status, stdout, stderr } = spawnSync(program, [...options, command, ...rest], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  unprivileged('a dist that may not be written is named, and stays', () => {
    const before = project.files();
    fs.chmodSync(project.root, 0o555);
    const { status, stdout, stderr } = through(NO_ROOT);
    fs.chmodSync(project.root, 0o755);
    expect(stderr).toContain(
      `: no permission to read or write ${project.root}\n  remedy: give yourself permission`,
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(project.files()).toEqual(before);
  });

  mounted('a disk that becomes full is named, and nothing is left on it', () => {
    const disk = path.join(project.root, 'disk');
    fs.mkdirSync(disk);
    const [program, options] = onDisk(disk, '32k');
    const script = `"$0" "$@"; code=$?; find "${disk}" -mindepth 1 >&2; exit $code`;
    const { status, stdout, stderr } = through(
      [program, [...options, 'sh', '-c', script]],
      '--out',
      `${disk}/dist`,
    );
    expect(stderr).toContain(`: no space left on the device of ${disk}/dist/one`);
    expect(stderr.trimEnd()).toMatch(/\n {2}remedy: free some .*$/);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});

const exited = (child: ChildProcess) =>
  new Promise<number | null>((done) => child.on('close', (code) => done(code)));

test('of several synths at once, each ends well or says that another runs; dist is whole', async () => {
  await project.runHere(['synth']);
  const files = project.files();
  fs.rmSync(project.dist, { recursive: true });
  const children = Array.from({ length: 4 }, () => spawn(...project.command('synth'), { stdio: 'pipe' }));
  const errors = children.map((child) => {
    let text = '';
    child.stderr?.on('data', (data) => {
      text += data;
    });
    return () => text;
  });
  const codes = await Promise.all(children.map(exited));
  codes.forEach((code, index) => {
    const refused = /^✖ dist: process \d+ writes .* at this moment\n {2}remedy: wait until it has ended/;
    expect(errors[index]?.()).toMatch(code === 0 ? /^$/ : refused);
    expect([0, 1]).toContain(code);
  });
  expect(codes).toContain(0);
  expect(project.files()).toEqual(files);
});

test('a synth that finds another one at work says so and changes nothing', async () => {
  await project.runHere(['synth']);
  const before = project.files();
  project.site('one', OTHER);
  // A lock is the name of a process that runs: here that of this test.
  fs.writeFileSync(path.join(project.root, '.dist.lock'), `${thisProcess()}\n`);
  const { status, stdout, stderr } = project.run(['synth']);
  expect(stderr).toMatch(new RegExp(`^✖ dist: process ${process.pid} writes .*\\n  remedy: wait until`));
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(project.files()).toEqual(before);
});

test('a synth that is killed leaves the old tree or the new one, and the next run cleans up', async () => {
  // Enough files that a kill meets the writing of them.
  const teams = 'teams: Array.from({ length: 60 }, (_, index) => ({ name: "t" + index }))';
  const overlays = [`{ ${teams} }`, `{ ${teams}, mirrors: { "example.com": "m" } }`];
  const versions = [];
  for (const overlay of overlays) {
    const outcome = await project.site('one', overlay).runHere(['synth']);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    versions.push(project.files());
  }
  expect(versions[0]).not.toEqual(versions[1]);
  // While new files are made, and while the new site takes the place of the old one; ms after that is seen.
  const kills = [
    ...[0, 10].map((after) => ({ folder: project.root, start: '.dist.tmp-', after })),
    ...[0, 1].map((after) => ({ folder: project.dist, start: 'one', after })),
  ];
  let killed = 0;
  for (const [index, { folder, start, after }] of kills.entries()) {
    project.site('one', overlays[index % 2]);
    const child = spawn(...project.command('synth'), { stdio: 'ignore' });
    const watcher = fs.watch(folder, (_, file) => {
      if (file?.startsWith(start)) setTimeout(() => child.kill('SIGKILL'), after);
    });
    if ((await exited(child)) === null) killed += 1;
    watcher.close();
    expect(versions).toContainEqual(project.files());
  }
  expect(killed).toBeGreaterThan(1);
  expect(project.run(['synth']).status).toBe(0);
  expect(fs.readdirSync(project.root).sort()).toEqual(['dist', 'overlays']);
});
