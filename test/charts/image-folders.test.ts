import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { baseOf, sourceOf } from '../../charts/delivery/images/dockerfile';
import { imageFolders } from '../../charts/delivery/images/folders';
import { describeProblem, InputError } from '../../core/problem';
import { program } from '../../program';

describe('Dockerfiles', () => {
  test.each([
    ['FROM a', 'a', undefined],
    ['FROM --platform=linux/amd64 a AS x\nFROM b', 'b', undefined],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as a Dockerfile has it
    ['ARG SPARK_IMAGE\nFROM ${SPARK_IMAGE}', '${SPARK_IMAGE}', 'spark'],
    ['from $SPARK_IMAGE as base\nFROM tools\nFROM Base', '$SPARK_IMAGE', 'spark'],
    ['FROM $NOTEBOOK_IMAGE AS one\nFROM one AS two\nFROM two', '$NOTEBOOK_IMAGE', 'notebook'],
    // A stage of its own name is what lies in the registry.
    ['FROM tools AS tools\nFROM $SPARK_IMAGE AS x\nFROM tools', 'tools', undefined],
    ['# FROM a\nRUN true', undefined, undefined],
  ])('%j is built from %s', (dockerfile, source, base) => {
    expect(sourceOf(dockerfile)).toBe(source);
    expect(baseOf(dockerfile)).toBe(base);
  });

  const folder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-images-'));
  const write = (root: string, file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  };

  test('each image comes after its base, and every file of it counts', () => {
    const root = folder();
    write(root, 'spark/Dockerfile', 'FROM anything');
    write(root, 'notebook/Dockerfile', 'FROM $SPARK_IMAGE');
    write(root, 'a-course/Dockerfile', 'FROM $NOTEBOOK_IMAGE');
    write(root, 'a-job/Dockerfile', 'FROM $SPARK_IMAGE');
    write(root, 'README.md', 'no image');
    const before = imageFolders(root);
    expect(before.map(({ name, base }) => [name, base])).toEqual([
      ['spark', undefined],
      ['a-job', 'spark'],
      ['notebook', 'spark'],
      ['a-course', 'notebook'],
    ]);
    write(root, 'a-job/lib/more.py', 'pass');
    const changed = imageFolders(root).filter((each, index) => each.checksum !== before[index]?.checksum);
    expect(changed.map(({ name }) => name)).toEqual(['a-job']);
    fs.rmSync(root, { recursive: true });
  });

  test.each([
    [
      'job/Dockerfile',
      'FROM docker.io/apache/spark:4.0.4',
      'images/job/Dockerfile',
      'does not carry the Spark',
      'FROM docker.io/apache/spark:4.0.4',
    ],
    [
      'notebook/Dockerfile',
      'FROM $NOTEBOOK_IMAGE',
      'images/notebook/Dockerfile',
      'does not carry the Spark',
      'FROM $NOTEBOOK_IMAGE',
    ],
    ['job/readme.txt', 'none', 'images/job', 'has no Dockerfile', undefined],
    ['My_Job/Dockerfile', 'FROM $SPARK_IMAGE', 'images/My_Job', 'is no name of an image', 'My_Job'],
  ])('%s with %s is refused', (file, text, field, message, found) => {
    const root = folder();
    write(root, 'spark/Dockerfile', 'FROM anything');
    write(root, file, text);
    try {
      imageFolders(root);
      throw new Error('it was not refused');
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      const [problem] = (error as InputError).problems;
      expect(problem).toMatchObject({ field, ...(found ? { found } : {}) });
      expect(problem?.message).toContain(message);
      expect(describeProblem(problem ?? { message: '', remedy: '' })).toContain('remedy: ');
    } finally {
      fs.rmSync(root, { recursive: true });
    }
  });
});

describe('the script of a build', () => {
  const script = path.join(program.root, 'charts/delivery/images/build.sh');
  const run = (metadata: string) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-build-'));
    // Stands for BuildKit: writes what it is told to where the script asks for it.
    const buildctl = path.join(folder, 'buildctl-daemonless.sh');
    fs.writeFileSync(buildctl, `#!/bin/sh\nprintf '%s' '${metadata}' >"$3"\nprintf '%s\\n' "$@"\n`, {
      mode: 0o755,
    });
    const digest = path.join(folder, 'digest');
    const { status, stdout, stderr } = spawnSync('sh', [script, digest, '--opt=a=b', '--output=c'], {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    const written = fs.existsSync(digest) ? fs.readFileSync(digest, 'utf8') : undefined;
    fs.rmSync(folder, { recursive: true });
    return { status, stdout, stderr, written };
  };

  test('hands its arguments on and leaves the digest', () => {
    const sum = `sha256:${'ab'.repeat(32)}`;
    const { status, stdout, written } = run(
      `{\n  "buildx.build.ref": "x",\n  "containerimage.digest": "${sum}"\n}`,
    );
    expect([status, written]).toEqual([0, sum]);
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'build',
      '--metadata-file',
      expect.any(String),
      '--opt=a=b',
      '--output=c',
    ]);
  });

  test('fails where there is no digest', () => {
    const { status, stderr, written } = run('{}');
    expect([status, written]).toEqual([1, undefined]);
    expect(stderr).toContain('names no digest');
  });
});
