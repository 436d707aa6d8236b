import { type ParsedYaml, parseYaml } from '../../config/yaml-file.js';
import { type ClusterFile, clusterFileJsonSchema, clusterFileSchema } from './cluster-schema.js';

/** A valid cluster file, with the positions of its keys. */
export type ParsedClusterFile = ParsedYaml<ClusterFile>;

/** Cluster-file text → its content. Throws `cluster-file-invalid`; see `parseYaml`. */
export function parseClusterFile(path: string, text: string): ParsedClusterFile {
  return parseYaml(
    { schema: () => clusterFileSchema, jsonSchema: clusterFileJsonSchema, invalid: 'cluster-file-invalid' },
    path,
    text,
  );
}
