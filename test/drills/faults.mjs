/**
 * Breaks something of the Docker cluster, or of this machine, while a real submission runs, mends it again, and prints
 * what the user sees. If the submission failed, it is run again. As root, for the cut network and the full disk.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openHadoop } from './hadoop.mjs';
import { leftIn, outputIn, recordsDigest, start, writeJob } from './submission.mjs';

const HELP = `npm run drill:faults -- [options] [DRILL...]

  --cluster FILE    cluster file (docker/cluster.yaml)
  --list            names of the drills

Exit code 1 if a drill ended in anything but the right output.
`;

/** Records of each input. */
const SIZES = [2_000, 60_000, 250_000];

/** Makes each mapper wait before it reads, so that the job still runs when something breaks. */
const SLEEP = 'Atomics.wait(new/**/Int32Array(new/**/SharedArrayBuffer(4)),0,0,15000)';
const SLOWLY = ['-D', `mapreduce.map.env.NODE_OPTIONS=--import=data:text/javascript,${SLEEP}`];

const docker = (...words) =>
  execFileSync('docker', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const node = (name) => `hadoop-elt-${name}`;
const isStep = (step) => (event) => event.event === 'step-started' && event.step === step;
const mappingStarts = (event) => event.event === 'job-started';

/** A mapper with the rules of the job file, and a fault that one record meets. */
const OWN_MAPPER = `import { date, defineMapper, round, upper } from 'hadoop-elt/mapper';

function checked(text: string, record: { get(name: string): string }): string {
  if (record.get('Region') === 'region 0-777777') throw new RangeError('a case that nobody thought of');
  return text;
}

export default defineMapper({
  columns: {
    Region: [checked, upper()],
    'Order Date': date({ from: 'M/d/yyyy', to: 'yyyy-MM-dd', invalid: 'bad' }),
    Amount: round({ places: 1, onInvalid: 'reject' }),
  },
});
`;
const FAULT = /^ {2}if \(record.*\n/m;

/**
 * `when`: the event after which it strikes, and `afterMs`. `break` returns what mends it. `slowly`: the mapper reads
 * slowly, so that the job still runs then. `exitCodes` that the first submission may have.
 */
const DRILLS = [
  {
    name: 'namenode restarted during the upload',
    when: isStep('upload'),
    exitCodes: [0],
    async break() {
      docker('kill', node('namenode'));
      await sleep(3_000);
      docker('start', node('namenode'));
    },
  },
  {
    name: 'datanode that holds blocks killed during the upload',
    when: isStep('upload'),
    afterMs: 100,
    exitCodes: [0],
    break: async () => docker('kill', node('datanode1')),
    mend: async () => docker('start', node('datanode1')),
  },
  {
    name: 'nodemanager killed while tasks run',
    when: mappingStarts,
    afterMs: 4_000,
    slowly: true,
    exitCodes: [0],
    break: async () => docker('kill', node('nodemanager1')),
    mend: async () => docker('start', node('nodemanager1')),
  },
  {
    name: 'resourcemanager restarted while tasks run',
    when: mappingStarts,
    afterMs: 4_000,
    slowly: true,
    exitCodes: [0],
    async break() {
      docker('kill', node('resourcemanager'));
      await sleep(5_000);
      docker('start', node('resourcemanager'));
    },
  },
  {
    name: 'network of the client cut for 60 s while tasks run',
    when: mappingStarts,
    afterMs: 2_000,
    slowly: true,
    exitCodes: [0],
    async break() {
      const subnet = docker(
        'network',
        'inspect',
        '-f',
        '{{(index .IPAM.Config 0).Subnet}}',
        'hadoop-elt_default',
      ).trim();
      const rule = ['OUTPUT', '-d', subnet, '-j', 'DROP'];
      execFileSync('iptables', ['-I', ...rule]);
      await sleep(60_000);
      execFileSync('iptables', ['-D', ...rule]);
    },
  },
  {
    name: 'disk of the client full while tasks run',
    when: mappingStarts,
    slowly: true,
    exitCodes: [3],
    smallDisk: true,
    async break({ stateDir }) {
      try {
        writeFileSync(join(stateDir, 'filler'), Buffer.alloc(64 * 1024 ** 2));
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error;
      }
    },
    mend: async ({ stateDir }) => rmSync(join(stateDir, 'filler')),
  },
  {
    name: 'input changed while it is read',
    when: isStep('upload'),
    exitCodes: [3, 7],
    break: async ({ folder }) => appendFileSync(join(folder, 'in/2.csv'), 'region new,1/3/2020,1.5,\n'),
    changesInput: true,
  },
  {
    name: 'mapper killed while it reads',
    when: mappingStarts,
    slowly: true,
    afterMs: 6_000,
    exitCodes: [0, 6],
    async break() {
      const pid = docker(
        'exec',
        node('nodemanager1'),
        'sh',
        '-c',
        'pgrep -f "node .*mapper" | head -1 || true',
      ).trim();
      if (pid !== '') docker('exec', node('nodemanager1'), 'kill', '-9', pid);
    },
  },
  {
    name: 'mapper that fails on one record in a million',
    sizes: [1_000_000],
    exitCodes: [6],
    prepare({ folder }) {
      const jobFile = join(folder, 'job.yaml');
      const rules = /^columns:\n( .*\n)*/m;
      writeFileSync(jobFile, readFileSync(jobFile, 'utf8').replace(rules, 'mapper: own.ts\n'));
      writeFileSync(join(folder, 'own.ts'), OWN_MAPPER);
    },
    mend: async ({ folder }) => writeFileSync(join(folder, 'own.ts'), OWN_MAPPER.replace(FAULT, '')),
  },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cluster: {
      type: 'string',
      default: fileURLToPath(new URL('../../docker/cluster.yaml', import.meta.url)),
    },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else if (values.list) process.stdout.write(`${DRILLS.map(({ name }) => name).join('\n')}\n`);
else process.exitCode = await main();

async function main() {
  const hadoop = openHadoop(values.cluster);
  const wanted = DRILLS.filter(
    ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
  );
  const undisturbed = new Map();
  const undisturbedFor = async (sizes = SIZES) => {
    const key = sizes.join();
    if (!undisturbed.has(key)) {
      undisturbed.set(key, await drill(hadoop, { name: 'undisturbed', exitCodes: [0], sizes }, null));
    }
    return undisturbed.get(key);
  };
  let failed = 0;
  for (const one of wanted) {
    process.stdout.write(`\n== ${one.name}\n`);
    const { faults } = await drill(hadoop, one, await undisturbedFor(one.sizes));
    for (const fault of faults) process.stdout.write(`!! ${fault}\n`);
    if (faults.length > 0) failed += 1;
  }
  process.stdout.write(`\n${wanted.length} drills, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

async function drill(
  hadoop,
  { name, when, afterMs = 0, slowly, exitCodes, smallDisk, changesInput, sizes = SIZES, ...harm },
  undisturbed,
) {
  const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-drill-'));
  const job = name.replaceAll(' ', '-');
  const base = `/tmp/hadoop-elt-drills/${job}`;
  await hadoop.remove(base);
  const stateDir = join(folder, 'state');
  if (smallDisk) {
    execFileSync('mkdir', [stateDir]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'tmpfs', stateDir]);
  }
  const jobFile = writeJob(folder, { name: job, base, sizes });
  harm.prepare?.({ folder });
  const args = ['submit', jobFile, '--cluster', values.cluster, '--state-dir', stateDir];
  const place = { folder, stateDir };
  const faults = [];
  const first = start([...args, ...(slowly ? SLOWLY : [])]);
  try {
    if (when !== undefined) {
      await first.event(when);
      await sleep(afterMs);
      await harm.break(place);
    }
    const end = await first.ended;
    tell('submission', end);
    if (!exitCodes.includes(end.exitCode))
      faults.push(`exit code ${end.exitCode}, not ${exitCodes.join(' or ')}`);
    await harm.mend?.(place);
    if (end.exitCode !== 0) {
      await healthy();
      const again = await start(args).ended;
      tell('rerun', again);
      if (again.exitCode !== 0) faults.push(`the rerun ended with ${again.exitCode}`);
    }
    await healthy();
    const left = await leftIn(hadoop, base);
    const digest = await recordsDigest(hadoop, await outputIn(hadoop, base));
    if (undisturbed !== null) {
      if (left.join() !== undisturbed.left.join()) faults.push(`left: ${left.join(', ')}`);
      if ((digest !== undisturbed.digest) !== (changesInput === true)) faults.push('not the right records');
    }
    return { left, digest, faults };
  } finally {
    first.kill('SIGKILL', { group: true });
    if (smallDisk) execFileSync('umount', [stateDir]);
    rmSync(folder, { recursive: true, force: true });
    await hadoop.remove(base);
  }
}

/** Waits until all parts of the cluster work again. */
async function healthy() {
  const script = fileURLToPath(new URL('../../docker/cluster.sh', import.meta.url));
  execFileSync(script, ['wait', '--timeout', '180'], { stdio: 'ignore' });
}

/** Prints what a user sees: steps and messages, without progress. */
function tell(what, { exitCode, events, stderr }) {
  const steps = events.flatMap((event) => {
    if (event.event === 'step-done') return [`${event.step} ${(event.durationMs / 1000).toFixed(1)} s`];
    return ['retrying', 'step-kept', 'run-continued', 'job-started'].includes(event.event)
      ? [JSON.stringify(event)]
      : [];
  });
  process.stdout.write(
    `${what}: exit code ${exitCode}\n  ${steps.join('\n  ')}\n${stderr.replaceAll(/^/gm, '  | ')}\n`,
  );
}
