import { Failure } from '../../errors.js';
import { parseSiteFile } from './site-file.js';

/** A value from Hadoop's configuration or installation, and its source. */
export interface FoundValue {
  readonly value: string;
  /** `core-site.xml fs.defaultFS`. */
  readonly source: string;
}

/** Addresses of the servers of one service (high availability), and the source of the first. */
export interface FoundAddresses {
  readonly value: readonly string[];
  readonly source: string;
}

/** Cluster settings found on an edge node. */
export interface FoundHadoop {
  readonly webhdfs?: FoundAddresses;
  readonly user?: FoundValue;
  readonly fs?: FoundValue;
  readonly resourceManager?: FoundAddresses;
  readonly historyServer?: FoundValue;
  readonly hadoop?: FoundValue;
  readonly streamingJar?: FoundValue;
}

/** A property of Hadoop's configuration and the file that sets it. */
export interface HadoopProperty {
  readonly value: string;
  readonly file: string;
}
export type HadoopProperties = ReadonlyMap<string, HadoopProperty>;

/** The content of a folder's `*-site.xml` files. */
export interface HadoopConfiguration {
  readonly properties: HadoopProperties;
  /** What was skipped, as sentences: `core-site.xml includes "ha.xml", which is not read: …`. */
  readonly notes: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The `*-site.xml` files of a HADOOP_CONF_DIR, by path → their properties. Later files win, except over final
 * properties. Throws `cluster-file-unreadable` for a file that is not Hadoop's XML. Pure.
 */
export function parseHadoopConfiguration(
  files: Readonly<Record<string, string>>,
  env: Environment,
): HadoopConfiguration {
  const raw = new Map<string, HadoopProperty>();
  const finals = new Set<string>();
  const notes: string[] = [];
  for (const [path, xml] of Object.entries(files)) {
    const site = parseSiteFile(xml);
    const file = path.replace(/.*[\\/]/, '');
    if (!site.ok) {
      throw new Failure(
        'cluster-file-unreadable',
        { path, cause: `line ${site.line}: ${site.problem}` },
        { hint: 'Correct it, or set HADOOP_CONF_DIR to another configuration folder' },
      );
    }
    for (const href of site.includes) {
      notes.push(
        `${path} includes ${JSON.stringify(href)}, which is not read: put the settings in it into a cluster file`,
      );
    }
    for (const { name, value, isFinal } of site.properties) {
      if (finals.has(name)) continue;
      raw.set(name, { value, file });
      if (isFinal) finals.add(name);
    }
  }
  const filled = [...raw].map(([name, property]): [string, HadoopProperty] => [
    name,
    { ...property, value: fillVariables(property.value, raw, env) },
  ]);
  return { properties: new Map(filled), notes };
}

/** Hadoop's own limit, against circular references. */
const MAX_SUBSTITUTIONS = 20;

/**
 * Substitutes `${name}` and `${env.NAME}` in a value as Configuration.substituteVars does (Hadoop 3.3): innermost
 * first, and no further after an unknown variable.
 */
function fillVariables(value: string, properties: HadoopProperties, env: Environment): string {
  let text = value;
  for (let times = 0; times < MAX_SUBSTITUTIONS; times += 1) {
    const match = /\$\{([^}$ ]+)\}/.exec(text);
    if (match === null) return text;
    const [whole, expression = ''] = match;
    const replacement = expression.startsWith('env.')
      ? variableOf(expression.slice('env.'.length), env)
      : properties.get(expression)?.value;
    if (replacement === undefined) return text;
    text = text.slice(0, match.index) + replacement + text.slice(match.index + whole.length);
  }
  return text;
}

/** `NAME`; `NAME-default` if it is not set; `NAME:-default` if it is not set or empty. */
function variableOf(expression: string, env: Environment): string | undefined {
  const [, name = '', operator, fallback = ''] = /^([^:-]*)(:?-)?(.*)$/s.exec(expression) ?? [];
  if (operator === undefined) return env[expression];
  const value = env[name];
  return value === undefined || (operator === ':-' && value === '') ? fallback : value;
}

/** The addresses in a cluster's configuration; with high availability, those of all namenodes and resourcemanagers. */
export function findAddresses(properties: HadoopProperties): FoundHadoop {
  const get = (name: string): FoundValue | undefined => {
    const property = properties.get(name);
    return property && { value: property.value, source: `${property.file} ${name}` };
  };
  const isSecure = (policy: string) => properties.get(policy)?.value === 'HTTPS_ONLY';
  const idsIn = (name: string) =>
    properties
      .get(name)
      ?.value.split(',')
      .map((id) => id.trim());

  const fs = get('fs.defaultFS') ?? get('fs.default.name');
  const authority = fs === undefined ? undefined : /^hdfs:\/\/([^/]+)/.exec(fs.value)?.[1];
  const hdfs = isSecure('dfs.http.policy')
    ? { scheme: 'https', key: 'dfs.namenode.https-address', port: 9871 }
    : { scheme: 'http', key: 'dfs.namenode.http-address', port: 9870 };
  const namenodes = authority === undefined ? undefined : idsIn(`dfs.ha.namenodes.${authority}`);
  const webhdfs = addressesOf(
    hdfs.scheme,
    namenodes === undefined
      ? [
          withHost(
            get(hdfs.key) ?? get(`${hdfs.key}.${authority}`),
            authority === undefined || fs === undefined ? undefined : { ...fs, value: authority },
            hdfs.port,
          ),
        ]
      : namenodes.map((id) =>
          withHost(
            get(`${hdfs.key}.${authority}.${id}`),
            get(`dfs.namenode.rpc-address.${authority}.${id}`),
            hdfs.port,
          ),
        ),
  );

  const yarn = isSecure('yarn.http.policy')
    ? { scheme: 'https', key: 'yarn.resourcemanager.webapp.https.address', port: 8090 }
    : { scheme: 'http', key: 'yarn.resourcemanager.webapp.address', port: 8088 };
  const isPair = properties.get('yarn.resourcemanager.ha.enabled')?.value !== 'false';
  const managers = isPair ? idsIn('yarn.resourcemanager.ha.rm-ids') : undefined;
  const resourceManager = addressesOf(
    yarn.scheme,
    (managers?.map((id) => `.${id}`) ?? ['']).map((suffix) =>
      withHost(
        get(`${yarn.key}${suffix}`),
        get(`yarn.resourcemanager.hostname${suffix}`) ?? get(`yarn.resourcemanager.address${suffix}`),
        yarn.port,
      ),
    ),
  );

  const history = isSecure('mapreduce.jobhistory.http.policy')
    ? { scheme: 'https', key: 'mapreduce.jobhistory.webapp.https.address', port: 19890 }
    : { scheme: 'http', key: 'mapreduce.jobhistory.webapp.address', port: 19888 };
  const server = withHost(get(history.key), get('mapreduce.jobhistory.address'), history.port);
  return {
    ...(fs && { fs: { ...fs, value: fs.value.replace(/\/+$/, '') } }),
    ...(webhdfs && { webhdfs }),
    ...(resourceManager && { resourceManager }),
    ...(server && { historyServer: { ...server, value: `${history.scheme}://${server.value}` } }),
  };
}

/** The known hosts as addresses; undefined if there is none. */
function addressesOf(scheme: string, hosts: readonly (FoundValue | undefined)[]): FoundAddresses | undefined {
  const known = hosts.filter((host) => host !== undefined);
  const [first] = known;
  return first && { value: known.map(({ value }) => `${scheme}://${value}`), source: first.source };
}

/** The configured address, with the real host for 0.0.0.0; if none is configured, the real host and default port. */
function withHost(
  configured: FoundValue | undefined,
  hostAndPort: FoundValue | undefined,
  port: number,
): FoundValue | undefined {
  const host = hostAndPort?.value.replace(/:\d+$/, '');
  if (configured === undefined) {
    return hostAndPort && { value: `${host}:${port}`, source: hostAndPort.source };
  }
  if (!configured.value.includes('${') && !/^(0\.0\.0\.0)?:/.test(configured.value)) return configured;
  const configuredPort = /:(\d+)$/.exec(configured.value)?.[1] ?? String(port);
  return host === undefined ? undefined : { ...configured, value: `${host}:${configuredPort}` };
}
