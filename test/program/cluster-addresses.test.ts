import { describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';

const workFolder = useWorkFolder();

const JOB = 'input: { files: in.csv }\noutput: { path: out }\n';
/** Addresses on which nothing listens. */
const PAIR = ['http://127.0.0.1:1', 'http://127.0.0.1:2'] as const;

/** Writes a HADOOP_CONF_DIR with one file. */
async function configured(xml: string) {
  const folder = workFolder();
  await folder.write('conf/core-site.xml', xml);
  const env = { HADOOP_CONF_DIR: folder.at('conf'), HADOOP_HOME: folder.at('none'), HADOOP_USER_NAME: 'etl' };
  return { folder, env };
}

describe('a pair of namenodes', () => {
  it('is shown by a plan as a list, with where it came from', async () => {
    const folder = workFolder();
    await folder.write('job.yaml', JOB);
    await folder.write('in.csv', 'a\n1\n');
    await folder.write(
      'cluster.yaml',
      `user: etl\nwebhdfs: [${PAIR.join(', ')}]\nstreamingJar: /streaming.jar\nhadoop: [docker, exec, hadoop]\n`,
    );
    const args = ['submit', 'job.yaml', '--cluster', 'cluster.yaml', '--dry-run'];
    const { exitCode, stdout } = await folder.runHere([...args, '--resource-manager', PAIR.join(',')]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/webhdfs +http:\/\/127\.0\.0\.1:1, http:\/\/127\.0\.0\.1:2 +cluster file line 2/);
    expect(stdout).toMatch(/resourceManager +http:\S+:1, http:\S+:2 +flag --resource-manager/);
    expect(stdout).toMatch(/hadoop +docker exec hadoop /);
  });

  it('in HADOOP_CONF_DIR is checked by doctor, one by one', async () => {
    const { folder, env } = await configured(
      `<configuration>
        <property name="fs.defaultFS" value="hdfs://prod"/>
        <property name="dfs.ha.namenodes.prod" value="nn1,nn2"/>
        <property name="dfs.namenode.http-address.prod.nn1" value="127.0.0.1:1"/>
        <property name="dfs.namenode.http-address.prod.nn2" value="127.0.0.1:2"/>
      </configuration>`,
    );
    const { exitCode, stdout, stderr } = await folder.runHere(['doctor'], { env });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^FAIL +namenode[\s\S]*127\.0\.0\.1:1 does not answer[\s\S]*:2 does not answer/);
    expect(stdout).toContain('not checked: the namenode did not answer');
    expect(exitCode).toBe(4);
  });
});

describe('a site file in HADOOP_CONF_DIR', () => {
  it('that is no XML is named', async () => {
    const { folder, env } = await configured('<configuration>\n<property>');
    const { exitCode, stderr } = await folder.runHere(['doctor'], { env });
    expect(stderr).toContain(folder.at('conf', 'core-site.xml'));
    expect(stderr).toContain('not closed: <configuration>, <property>');
    expect(exitCode).toBe(2);
  });
});
