/** A value found in Hadoop's own configuration or installation, and where. */
export interface FoundValue {
  readonly value: string;
  /** `core-site.xml fs.defaultFS`. */
  readonly source: string;
}

/** What an edge node tells of its cluster. */
export interface FoundHadoop {
  readonly webhdfs?: FoundValue;
  readonly user?: FoundValue;
  readonly fs?: FoundValue;
  readonly resourceManager?: FoundValue;
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

/**
 * The `*-site.xml` files of a HADOOP_CONF_DIR, by name → their properties, later files winning. `${name}` and
 * `${env.NAME:-default}` in values are filled in (Configuration.substituteVars, Hadoop 3.3); what is unknown stays.
 */
export function parseHadoopConfiguration(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): HadoopProperties {
  const raw = new Map<string, HadoopProperty>();
  for (const [file, xml] of Object.entries(files)) {
    const text = xml.replaceAll(/<!--[\s\S]*?-->/g, '');
    for (const [, body = ''] of text.matchAll(/<property>([\s\S]*?)<\/property>/g)) {
      const name = elementText(body, 'name');
      const value = elementText(body, 'value');
      if (name !== undefined && value !== undefined) raw.set(name, { value, file });
    }
  }
  const fill = (value: string, depth: number): string =>
    depth > 10
      ? value
      : value.replaceAll(/\$\{([^}]+)\}/g, (whole, expression: string) => {
          const variable = /^env\.([^:-]+)(?::?-(.*))?$/.exec(expression);
          if (variable !== null) return env[variable[1] ?? ''] ?? variable[2] ?? whole;
          const other = raw.get(expression);
          return other === undefined ? whole : fill(other.value, depth + 1);
        });
  return new Map([...raw].map(([name, property]) => [name, { ...property, value: fill(property.value, 0) }]));
}

function elementText(xml: string, element: string): string | undefined {
  const match = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(xml);
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return match?.[1]?.trim().replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? '');
}

/** The addresses of a cluster by its configuration. Namenodes of a pair are all named, of resourcemanagers the first. */
export function findAddresses(properties: HadoopProperties): FoundHadoop {
  const get = (name: string): FoundValue | undefined => {
    const property = properties.get(name);
    return property && { value: property.value, source: `${property.file} ${name}` };
  };
  const fs = get('fs.defaultFS') ?? get('fs.default.name');
  const authority = fs === undefined ? undefined : /^hdfs:\/\/([^/]+)/.exec(fs.value)?.[1];
  const secure = properties.get('dfs.http.policy')?.value === 'HTTPS_ONLY';
  const key = secure ? 'dfs.namenode.https-address' : 'dfs.namenode.http-address';
  const scheme = secure ? 'https' : 'http';
  const firstOf = (list: string) => list.split(',')[0]?.trim() ?? '';
  const namenodes =
    authority === undefined ? undefined : properties.get(`dfs.ha.namenodes.${authority}`)?.value;
  const addresses =
    namenodes === undefined
      ? [withHost(get(key) ?? get(`${key}.${authority}`), authority, secure ? 9871 : 9870, fs?.source)]
      : namenodes.split(',').map((id) => get(`${key}.${authority}.${id.trim()}`));
  const webhdfs = joined(addresses, scheme);

  const rmIds = properties.get('yarn.resourcemanager.ha.rm-ids')?.value;
  const suffix = rmIds === undefined ? '' : `.${firstOf(rmIds)}`;
  const rmHost = get(`yarn.resourcemanager.hostname${suffix}`);
  const rm = withHost(
    get(`yarn.resourcemanager.webapp.address${suffix}`),
    rmHost?.value,
    8088,
    rmHost?.source,
  );

  const history = get('mapreduce.jobhistory.address');
  const jhs = withHost(get('mapreduce.jobhistory.webapp.address'), history?.value, 19888, history?.source);

  const web = (found: FoundValue | undefined, protocol: string) =>
    found && { ...found, value: `${protocol}://${found.value}` };
  const resourceManager = web(rm, 'http');
  const historyServer = web(jhs, 'http');
  return {
    ...(fs && { fs: { ...fs, value: fs.value.replace(/\/+$/, '') } }),
    ...(webhdfs && { webhdfs }),
    ...(resourceManager && { resourceManager }),
    ...(historyServer && { historyServer }),
  };
}

/** All addresses that are known, with a comma between. */
function joined(addresses: readonly (FoundValue | undefined)[], scheme: string): FoundValue | undefined {
  const known = addresses.filter((address) => address !== undefined);
  const [first] = known;
  if (first === undefined) return undefined;
  return { value: known.map(({ value }) => `${scheme}://${value}`).join(','), source: first.source };
}

/** An address as it is configured, with the real host in place of 0.0.0.0; or that host with the usual port. */
function withHost(
  configured: FoundValue | undefined,
  hostAndPort: string | undefined,
  port: number,
  source: string | undefined,
): FoundValue | undefined {
  const host = hostAndPort?.replace(/:\d+$/, '');
  if (configured === undefined) {
    return host === undefined || source === undefined ? undefined : { value: `${host}:${port}`, source };
  }
  if (!configured.value.includes('${') && !/^(0\.0\.0\.0)?:/.test(configured.value)) return configured;
  const configuredPort = /:(\d+)$/.exec(configured.value)?.[1] ?? String(port);
  return host === undefined ? undefined : { ...configured, value: `${host}:${configuredPort}` };
}
