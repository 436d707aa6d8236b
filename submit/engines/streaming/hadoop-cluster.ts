import type { ClusterSettings } from '../../hadoop/cluster/cluster-settings.js';
import type { Http } from '../../hadoop/http.js';
import type { FileSystem } from '../../stores/file-system.js';
import type { RenamingStore } from '../../stores/store.js';
import type { Programs } from '../programs.js';
import type { KnownCommand } from './known-command.js';
import type { Services } from './services.js';

/** What the streaming engine needs of a cluster: its settings, and the clients and paths derived from them. */
export interface HadoopCluster extends Services {
  readonly settings: ClusterSettings;
  readonly store: RenamingStore;
  /** Where the hadoop command finds the streaming jar. */
  readonly streamingJar: string;
  /** Variables that the hadoop command gets in addition to this process's environment. */
  readonly commandEnv: Readonly<Record<string, string>>;
  /** Commands that were probed lately. */
  readonly known: KnownCommand;
  /** Archive in HDFS that contains `bin/node`; `send` uploads it. Null if Node is installed on the nodes. */
  readonly nodeArchive: { readonly path: string; send(owner?: string): Promise<unknown> } | null;
  /** Source of the program of jobs that look for duplicate keys; see `keys/key-program.ts`. */
  readonly keyProgram: string;
  /** HDFS folder for files that runs share: mappers, Node archives. */
  readonly sharedFolder: string;
  /** Files of this machine, for logs. */
  readonly files: FileSystem;
  readonly programs: Programs;
  readonly http: Http;
}
