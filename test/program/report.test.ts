import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeCluster } from '../support/fake-cluster.js';
import { hasTools } from '../support/tools.js';
import { useWorkFolder } from '../support/work-folder.js';

const JOB = `name: sales
input: { files: in/*.csv }
columns:
  Amount: { round: { places: 1, invalid: Bad } }
  Day: { date: { from: M/d/yyyy, to: yyyy-MM-dd, onInvalid: reject } }
output: { path: out, mode: replace }
checks: { minRecords: 1, maxRejected: 60%, maxInvalid: { Amount: 10 }, volume: { within: 50%, ofLast: 5, level: warn } }
`;
const hasChromium = await hasTools('chromium');
/** Where screenshots go, to be looked at; by default nowhere. */
const SCREENSHOTS = process.env.HADOOP_ELT_SCREENSHOTS;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const NASTY = '<img src=x onerror=alert(1)></script>&"';

describe('hadoop-elt report', () => {
  const work = useWorkFolder();
  const prepare = async (
    rows = `oslo,1.25,1/2/2020\nrome,x,1/3/2020\n"${NASTY.replaceAll('"', '""')}",2,13/45/2020\n`,
  ) => {
    await work().write('job.elt.yaml', JOB);
    await work().write('in/a.csv', `City,Amount,Day\n${rows}`);
  };
  const run = () => work().runHere(['run', 'job.elt.yaml']);
  const report = (...args: string[]) => work().runHere(['report', 'job.elt.yaml', ...args]);

  it('tells of one run: steps, records, invalid values, rejects, tasks, checks, inputs and digests', async () => {
    await prepare();
    expect((await run()).exitCode).toBe(0);
    const { exitCode, stdout, stderr } = await report('--run', 'last');
    expect([exitCode, stderr]).toEqual([0, '']);
    for (const title of [
      'Steps',
      'Records',
      'Invalid values',
      'Rejects',
      'Tasks',
      'Checks',
      'Inputs',
      'Output',
      'Digests',
    ]) {
      expect(stdout).toMatch(new RegExp(`<h2 [^>]*>${title}</h2>`));
    }
    expect(stdout).toContain('13/45/2020');
    expect(stdout).toMatch(/in\/a\.csv:4</);
    expect(stdout).not.toContain('<img');
    expect(stdout).toContain('&lt;img src=x onerror=alert(1)&gt;');
    // The namespaces of SVG and the licences of libraries are no addresses that are loaded.
    expect(stdout).not.toMatch(/\b(?:src|href)=["']?(?:https?:|\/\/)/);
    expect(stdout.match(/<script/g)).toHaveLength(2);
  });

  /** The rows of the table of invalid values. */
  const examplesIn = (page: string) => {
    const [, section = ''] = /<h2 [^>]*>Invalid values<\/h2>([\s\S]*?)<\/section>/.exec(page) ?? [];
    const [, body = ''] = /For example[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(section) ?? [];
    return body
      .split('</tr>')
      .slice(0, -1)
      .map((row) =>
        row
          .replaceAll(/<\/t[dh]>/g, '|')
          .replaceAll(/<[^>]*>/g, '')
          .trim(),
      );
  };

  it('has a few values of each column that are invalid and kept, or written as a marker', async () => {
    await prepare('oslo,x,1/2/2020\nrome,y,1/3/2020\nbern,x,13/45/2020\n');
    await run();
    // Each task tells one example of a column.
    await work().write('job.elt.yaml', JOB.replace('path: out', 'path: out, partSize: 70'));
    await work().write('in/b.csv', 'City,Amount,Day\nkiel,1,1/1/2020\nlund,z,1/1/2020\n');
    await run();
    const { stdout } = await report('--run', 'last');
    expect(examplesIn(stdout)).toEqual([
      expect.stringMatching(/^Amount\|x\|.+\|\S*in\/a\.csv:2\|$/),
      expect.stringMatching(/^Day\|13\/45\/2020\|.+\|\S*in\/a\.csv:4\|$/),
      expect.stringMatching(/^Amount\|z\|.+\|\S*in\/b\.csv:3\|$/),
    ]);
  });

  it('has no value of a column that is hashed, masked or dropped, and neither has the journal or a log', async () => {
    await work().write(
      'job.elt.yaml',
      [
        'input: { files: in.csv }',
        'columns:',
        '  Code: [{ round: { places: 0, onInvalid: blank } }, { mask: { keepLast: 2 } }]',
        '  Mail: [{ round: { places: 0, onInvalid: blank } }, { hash: { with: sha256 } }]',
        '  Gone: { round: { places: 0, onInvalid: blank } }',
        '  Seen: { round: { places: 0, onInvalid: blank } }',
        'output: { path: out, mode: replace, columns: [Code, Mail, Seen] }',
        '',
      ].join('\n'),
    );
    await work().write('in.csv', 'Code,Mail,Gone,Seen\nswordfish-1,swordfish-2,swordfish-3,shown\n');
    const { exitCode, stderr } = await run();
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Job job')]);
    const { stdout } = await report('--run', 'last');
    expect(examplesIn(stdout)).toEqual([expect.stringMatching(/^Seen\|shown\|/)]);
    expect(stdout).not.toContain('swordfish');
    expect((await work().bash('grep -r swordfish .hadoop-elt out')).stdout).toBe('');
  });

  it('has values that are invalid on Hadoop, from the logs of its tasks', { timeout: 300_000 }, async () => {
    const cluster = await startFakeCluster();
    try {
      await prepare('oslo,x,1/2/2020\nrome,1,1/3/2020\n');
      await work().write(
        'job.elt.yaml',
        `${JOB.replace('path: out', `path: ${work().path}/out`)}scheduled: { report: pages }\n`,
      );
      const submitted = await work().runHere(['submit', 'job.elt.yaml', '--cluster', cluster.clusterFile]);
      expect(submitted.exitCode).toBe(0);
      const { stdout } = await report('--run', 'last');
      expect(examplesIn(stdout)).toEqual([expect.stringMatching(/^Amount\|x\|.+a\.csv:2\|$/)]);
    } finally {
      await cluster.close();
    }
  });

  it('tells why a run failed, and what the next one does', async () => {
    await prepare();
    await work().write('job.elt.yaml', JOB.replace('onInvalid: reject', 'onInvalid: fail'));
    expect((await run()).exitCode).toBe(6);
    const { stdout } = await report('--run', 'last');
    expect(stdout).toContain('<h2 id="why-it-failed">Why it failed</h2>');
    expect(stdout).toContain('a field is invalid and its rule says onInvalid: fail');
  });

  it('tells of a job over time: volumes, durations and each check', async () => {
    for (const rows of [
      'oslo,1,1/2/2020\n',
      'oslo,1,1/2/2020\nrome,x,1/3/2020\n',
      'a,1,1/1/2020\n'.repeat(9),
    ]) {
      await prepare(rows);
      expect((await run()).exitCode).toBe(0);
    }
    const { stdout } = await report();
    const data = /<script type="application\/json" id="charts">(.*)<\/script>/.exec(stdout)?.[1] ?? '[]';
    const charts = JSON.parse(data) as { title: string; series: { name: string; values: number[] }[] }[];
    const valuesOf = (title: string, name: string) =>
      charts.find((chart) => chart.title === title)?.series.find((one) => one.name === name)?.values;
    expect(valuesOf('Records of each published run', 'Out')).toEqual([1, 2, 9]);
    expect(valuesOf('Invalid values by column', 'Amount')).toEqual([0, 1, 0]);
    expect(valuesOf('maxInvalid: Amount', 'At most')).toEqual([10, 10, 10]);
    expect(valuesOf('volume', 'Average of earlier runs')).toEqual([null, 1, 1.5]);
    expect((await report('--limit', '1')).stdout).toContain('1, the latest');
  });

  it('hides what the job hides', async () => {
    await prepare('oslo,1,secret-4711\n');
    await work().write(
      'job.elt.yaml',
      `${JOB.replace('Amount: {', 'City: { mask: { keepLast: 1 } }\n  Amount: {')}`,
    );
    await work().write('in/a.csv', 'City,Amount,Day\nsecret-4711,1,x\noslo,1,1/2/2020\n');
    expect((await run()).exitCode).toBe(0);
    const { stdout } = await report('--run', 'last');
    expect(stdout).toContain('***');
    expect(stdout).not.toContain('secret-4711');
  });

  it('is written whole to a file, over a report but over nothing else', async () => {
    await prepare();
    await run();
    expect(await report('-o', 'page.html')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect((await report('-o', 'page.html', '--run', 'last')).exitCode).toBe(0);
    const refused = await report('-o', 'in/a.csv');
    expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('It is no report')]);
    expect(work().read('in/a.csv').toString()).toMatch(/^City/);
    expect((await report('--run', 'zzz')).exitCode).toBe(2);
  });

  it('is left by each scheduled run that wants it, and a folder that can not be written changes nothing', async () => {
    await prepare();
    await work().write('job.elt.yaml', `${JOB}scheduled: { report: pages }\n`);
    expect((await work().runHere(['scheduled', 'job.elt.yaml'])).exitCode).toBe(0);
    expect(await work().names('pages')).toEqual(['sales-last.html', 'sales.html']);
    await work().write('job.elt.yaml', `${JOB}scheduled: { report: in/a.csv }\n`);
    expect((await work().runHere(['scheduled', 'job.elt.yaml'])).exitCode).toBe(0);
    const [log = ''] = (await work().names('.hadoop-elt/logs')).reverse();
    expect(work().read('.hadoop-elt/logs', log).toString()).toMatch(
      /The reports in .*in\/a\.csv were not made/,
    );
  });

  it('is of the last run by the word last, with or without the job', async () => {
    await prepare();
    await run();
    const wanted = (await report('--run', 'last')).stdout;
    const untimed = (page: string) => page.replace(/Made by hadoop-elt, [^<]*/, '');
    const { runId } = JSON.parse((await work().runHere(['runs', '--json'])).stdout.split('\n')[0] ?? '') as {
      runId: string;
    };
    for (const words of [
      ['last'],
      [runId],
      ['job.elt.yaml', 'last'],
      ['last', 'job.elt.yaml'],
      ['sales', runId.slice(-6)],
    ]) {
      const { exitCode, stdout } = await work().runHere(['report', ...words]);
      expect([exitCode, untimed(stdout)], words.join(' ')).toEqual([0, untimed(wanted)]);
    }
  });

  it('goes to stdout by -o -, and makes no file of that name', async () => {
    await prepare();
    await run();
    const { exitCode, stdout } = await report('-o', '-');
    expect([exitCode, stdout.slice(0, 15)]).toEqual([0, '<!DOCTYPE html>']);
    expect(await work().names()).not.toContain('-');
    const built = await work().runHere(['build', 'job.elt.yaml', '-o', '-']);
    expect([built.exitCode, built.stderr]).toEqual([
      2,
      expect.stringContaining('goes to a file, not to stdout'),
    ]);
  });

  describe.skipIf(!hasChromium)('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    });
    afterAll(() => browser.close());

    /** Opens a page from its file with the network off; fails for anything that the console says. */
    const opened = async (
      file: string,
      options: BrowserContextOptions,
      look: (page: Page) => Promise<void>,
    ) => {
      const context = await browser.newContext({ offline: true, ...options });
      try {
        const page = await context.newPage();
        const problems: string[] = [];
        page.on('console', (message) => problems.push(message.text()));
        page.on('pageerror', (error) => problems.push(String(error)));
        page.on('request', (request) => {
          if (!request.url().startsWith('file:')) problems.push(request.url());
        });
        await page.goto(pathToFileURL(work().at(file)).href);
        await look(page);
        expect(problems).toEqual([]);
      } finally {
        await context.close();
      }
    };
    const shoot = async (page: Page, name: string) => {
      if (SCREENSHOTS === undefined) return;
      await mkdir(SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
    };
    const violations = async (page: Page) => {
      // The page's own policy keeps scripts of others out.
      await page.evaluate(await readFile(AXE, 'utf8'));
      const { violations: found } = (await page.evaluate('axe.run()')) as {
        violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
      };
      return found.map(({ id, nodes }) => [
        id,
        ...nodes.map((node) => `${node.html} ${node.failureSummary}`),
      ]);
    };
    /** Whether something is drawn in each chart. */
    const drawn = (page: Page) =>
      page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) =>
        canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte !== 0))`);
    const make = async () => {
      for (const rows of [undefined, 'oslo,1,1/2/2020\n', 'a,1,1/1/2020\n'.repeat(9)]) {
        await prepare(rows);
        await run();
      }
      await prepare();
      await run();
      await work().write('job.elt.yaml', JOB.replace('invalid: Bad', 'onInvalid: fail'));
      await run();
      await work().write('job.elt.yaml', JOB);
      const { stdout } = await work().runHere(['runs', 'job.elt.yaml', '--json', '--limit', '2']);
      const [failed = '', published = ''] = stdout
        .split('\n')
        .map((line) => (line === '' ? '' : JSON.parse(line).runId));
      await report('-o', 'job.html');
      await report('--run', published, '-o', 'run.html');
      await report('--run', failed, '-o', 'failed.html');
    };

    it('is drawn, says nothing to the console, loads nothing, and has no violation by axe', async () => {
      await make();
      for (const file of ['job.html', 'run.html', 'failed.html']) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await opened(file, { colorScheme, viewport: { width: 1200, height: 900 } }, async (page) => {
            expect(await drawn(page)).not.toContain(false);
            expect(await violations(page)).toEqual([]);
            await shoot(page, `${file}-${colorScheme}`);
          });
        }
        await opened(file, { viewport: { width: 400, height: 800 } }, async (page) => {
          const [wide, width] = (await page.evaluate(
            '[document.documentElement.scrollWidth, innerWidth]',
          )) as number[];
          expect(wide).toBeLessThanOrEqual(width ?? 0);
          expect(await violations(page)).toEqual([]);
          await shoot(page, `${file}-phone`);
        });
      }
    });

    it('tells the values of a chart to the keyboard', async () => {
      await make();
      await opened('job.html', {}, async (page) => {
        await page.focus('#volume-chart');
        await page.keyboard.press('ArrowRight');
        expect(await page.textContent('#volume-chart >> xpath=ancestor::figure >> css=.told')).toMatch(
          /^\d{4}-\d\d-\d\d \d\d:\d\d: In 3, Out 2, Rejected 1$/,
        );
        await page.keyboard.press('ArrowRight');
        expect(await page.textContent('#volume-chart >> xpath=ancestor::figure >> css=.told')).toMatch(
          /In 1, Out 1/,
        );
      });
    });

    it('is light on paper, with all figures', async () => {
      await make();
      await opened('run.html', { colorScheme: 'dark' }, async (page) => {
        const pdf = await page.pdf();
        expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
        await page.emulateMedia({ media: 'print' });
        await page.evaluate("dispatchEvent(new Event('beforeprint'))");
        const back = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        expect(back).toBe('rgb(255, 255, 255)');
        expect(await page.evaluate("document.querySelectorAll('details:not([open])').length")).toBe(0);
        if (SCREENSHOTS !== undefined) await writeFile(join(SCREENSHOTS, 'run.pdf'), pdf);
        await shoot(page, 'run-print');
      });
    });
  });
});
