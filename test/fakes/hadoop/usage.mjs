/** The streaming jar's output without arguments. */
export const STREAMING_COMMANDS = `Usage: mapred streaming [options]
Options:
  dumptb <glob-pattern> Dumps all files that match the given pattern to 
                        standard output as typed bytes.
  loadtb <path> Reads typed bytes from standard input and stores them in
                a sequence file in the specified path
  [streamjob] <args> Runs streaming job with given arguments
`;

/** The first lines of its output for an unknown option. */
export const STREAMING_OPTIONS = `Usage: $HADOOP_HOME/bin/hadoop jar hadoop-streaming.jar [options]
Options:
  -input          <path> DFS input file(s) for the Map step.
  -output         <path> DFS output directory for the Reduce step.
  -mapper         <cmd|JavaClassName> Optional. Command to be run as mapper.
`;
