import type { ClusterSettings } from '../../hadoop/cluster/cluster-settings.js';
import type { Http } from '../../hadoop/http.js';
import type { FileSystem } from '../../stores/file-system.js';
import type { RenamingStore } from '../../stores/store.js';
import type { Programs } from '../programs.js';
import type { Services } from './services.js';

/** A cluster as the engine needs it: settings, and what was found or made from them. */
export interface HadoopCluster extends Services {
  readonly settings: ClusterSettings;
  readonly store: RenamingStore;
  /** Where the hadoop command finds the streaming jar. */
  readonly streamingJar: string;
  /** Environment of the hadoop command beside our own. */
  readonly commandEnv: Readonly<Record<string, string>>;
  /** Archive in HDFS with `bin/node` in it, and what sends it there; null: the nodes have Node. */
  readonly nodeArchive: { readonly path: string; send(): Promise<unknown> } | null;
  /** Folder in HDFS for what runs share: mappers, Node. */
  readonly sharedFolder: string;
  /** Of this machine, for logs. */
  readonly files: FileSystem;
  readonly programs: Programs;
  readonly http: Http;
}
