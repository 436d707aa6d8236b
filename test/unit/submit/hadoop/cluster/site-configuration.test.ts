import { describe, expect, it } from 'vitest';
import {
  findAddresses,
  parseHadoopConfiguration,
} from '../../../../../submit/hadoop/cluster/site-configuration.js';

describe("Hadoop's configuration", () => {
  const variable = (name: string) => `\${${name}}`;
  const site = (properties: Record<string, string>) =>
    `<configuration>${Object.entries(properties)
      .map(([name, value]) => `<property><name>${name}</name>\n<value>${value}</value></property>`)
      .join(
        '',
      )}<!-- <property><name>fs.defaultFS</name><value>hdfs://old</value></property> --></configuration>`;
  const addresses = (properties: Record<string, string>, env = {}) => {
    const { properties: parsed } = parseHadoopConfiguration({ 'core-site.xml': site(properties) }, env);
    const found = findAddresses(parsed);
    return Object.fromEntries(Object.entries(found).map(([key, { value }]) => [key, value]));
  };

  it('gives the usual ports on the hosts that it names', () => {
    expect(
      addresses({
        'fs.defaultFS': 'hdfs://nn.example:8020/',
        'yarn.resourcemanager.hostname': 'rm.example',
        'mapreduce.jobhistory.address': 'jhs.example:10020',
      }),
    ).toEqual({
      fs: 'hdfs://nn.example:8020',
      webhdfs: ['http://nn.example:9870'],
      resourceManager: ['http://rm.example:8088'],
      historyServer: 'http://jhs.example:19888',
    });
  });

  it('puts the real host in place of 0.0.0.0 and fills in variables', () => {
    expect(
      addresses(
        {
          'fs.defaultFS': `hdfs://${variable('env.NAMENODE:-nn')}:8020`,
          'dfs.namenode.http-address': '0.0.0.0:50070',
          'yarn.resourcemanager.hostname': 'rm',
          'yarn.resourcemanager.webapp.address': `${variable('yarn.resourcemanager.hostname')}:18088`,
        },
        { NAMENODE: 'other' },
      ),
    ).toMatchObject({ webhdfs: ['http://other:50070'], resourceManager: ['http://rm:18088'] });
  });

  it('names every namenode and every resourcemanager of a pair', () => {
    expect(
      addresses({
        'fs.defaultFS': 'hdfs://prod',
        'dfs.ha.namenodes.prod': 'nn1, nn2,nn3',
        'dfs.namenode.http-address.prod.nn1': 'a:9870',
        'dfs.namenode.http-address.prod.nn2': '0.0.0.0:19870',
        'dfs.namenode.rpc-address.prod.nn2': 'b:8020',
        'dfs.namenode.rpc-address.prod.nn3': 'c:8020',
        'yarn.resourcemanager.ha.enabled': 'true',
        'yarn.resourcemanager.ha.rm-ids': 'rm1, rm2',
        'yarn.resourcemanager.webapp.address.rm1': 'd:18088',
        'yarn.resourcemanager.hostname.rm2': 'e',
      }),
    ).toMatchObject({
      fs: 'hdfs://prod',
      webhdfs: ['http://a:9870', 'http://b:19870', 'http://c:9870'],
      resourceManager: ['http://d:18088', 'http://e:8088'],
    });
  });

  it('gives the addresses of HTTPS where a service has no others', () => {
    expect(
      addresses({
        'fs.defaultFS': 'hdfs://nn:8020',
        'dfs.http.policy': 'HTTPS_ONLY',
        'yarn.http.policy': 'HTTPS_ONLY',
        'yarn.resourcemanager.ha.rm-ids': 'rm1,rm2',
        'yarn.resourcemanager.webapp.address.rm1': 'not-this:8088',
        'yarn.resourcemanager.webapp.https.address.rm1': 'd:18090',
        'yarn.resourcemanager.hostname.rm2': 'e',
        'mapreduce.jobhistory.http.policy': 'HTTPS_ONLY',
        'mapreduce.jobhistory.address': 'jhs:10020',
      }),
    ).toMatchObject({
      webhdfs: ['https://nn:9871'],
      resourceManager: ['https://d:18090', 'https://e:8090'],
      historyServer: 'https://jhs:19890',
    });
  });

  it('fills in a variable of the environment as Hadoop does', () => {
    const filled = (value: string, env: Record<string, string>) =>
      addresses({ 'fs.defaultFS': `hdfs://${value}` }, env).fs;
    expect(filled(variable('env.NN:-none'), { NN: '' })).toBe('hdfs://none');
    expect(filled(variable('env.NN-none'), { NN: 'set' })).toBe('hdfs://set');
    expect(filled(variable('env.NN-none'), {})).toBe('hdfs://none');
    expect(filled(variable('env.NN'), {})).toBe(`hdfs://${variable('env.NN')}`);
    expect(filled(variable(`env.${variable('env.WHICH:-NN')}`), { NN: 'inner' })).toBe('hdfs://inner');
  });
});

describe('a site file', () => {
  const parse = (files: Record<string, string>) => parseHadoopConfiguration(files, {});
  const valueIn = (xml: string, name = 'a') =>
    parse({ 'x-site.xml': `<configuration>${xml}</configuration>` }).properties.get(name)?.value;

  it.each([
    ['CDATA', '<property><name>a</name><value><![CDATA[x<y&z]]></value></property>', 'x<y&z'],
    ['entities', '<property><name>a</name><value>x &amp; &lt;y&gt; &#58;</value></property>', 'x & <y> :'],
    ['a comment inside a value', '<property><name>a</name><value>x<!-- no -->y</value></property>', 'xy'],
    ['attributes', '<property name="a" value="x"/>', 'x'],
    [
      'attributes of its elements',
      '<property id="1"><name>a</name><value lang="en">x</value></property>',
      'x',
    ],
    ['a value before its name', '<property><value>007</value><name> a </name></property>', '007'],
    ['an empty value', '<property><name>a</name><value/></property>', ''],
    ['what is commented out', '<!-- <property><name>a</name><value>x</value></property> -->', undefined],
  ])('is read with %s', (_, xml, value) => {
    expect(valueIn(xml)).toBe(value);
  });

  it('keeps a final property from files that come later', () => {
    const { properties } = parse({
      '/etc/core-site.xml':
        '<configuration><property><name>a</name><value>first</value><final>true</final></property>' +
        '<property name="b" value="first" final="true"/></configuration>',
      '/etc/hdfs-site.xml':
        '<configuration><property><name>a</name><value>later</value></property>' +
        '<property name="b" value="later"/></configuration>',
    });
    expect(properties.get('a')).toEqual({ value: 'first', file: 'core-site.xml' });
    expect(properties.get('b')?.value).toBe('first');
  });

  it.each([
    ['an element that is not closed', '<configuration><property></configuration>'],
    ['the beginning of a file alone', '<configuration>\n<property><name>a</name>'],
    ['text', 'fs.defaultFS=hdfs://nn'],
    ['nothing', ''],
    ['another root', '<html></html>'],
  ])('that holds %s is a failure with its name', (_, xml) => {
    expect(() => parse({ '/etc/hadoop/conf/core-site.xml': xml })).toThrow(
      expect.objectContaining({
        code: 'cluster-file-unreadable',
        details: { path: '/etc/hadoop/conf/core-site.xml', cause: expect.stringMatching(/^line \d+: ./) },
      }),
    );
  });

  it('that includes another tells that it was not read', () => {
    const xml =
      '<configuration xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="ha.xml"/></configuration>';
    expect(parse({ '/etc/core-site.xml': xml }).notes).toEqual([
      expect.stringContaining('/etc/core-site.xml includes "ha.xml", which is not read'),
    ]);
  });
});
