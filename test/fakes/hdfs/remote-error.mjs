/** Hadoop 3.3.5's exceptions: simple name → package and HTTP status of the namenode's answer. */
const KNOWN = {
  AccessControlException: ['org.apache.hadoop.security', 403],
  AlreadyBeingCreatedException: ['org.apache.hadoop.hdfs.protocol', 403],
  AuthorizationException: ['org.apache.hadoop.security.authorize', 403],
  DSQuotaExceededException: ['org.apache.hadoop.hdfs.protocol', 403],
  EOFException: ['java.io', 403],
  FileAlreadyExistsException: ['org.apache.hadoop.fs', 403],
  FileNotFoundException: ['java.io', 404],
  HadoopIllegalArgumentException: ['org.apache.hadoop', 400],
  IOException: ['java.io', 403],
  IllegalArgumentException: ['java.lang', 400],
  InvalidPathException: ['org.apache.hadoop.fs', 400],
  NSQuotaExceededException: ['org.apache.hadoop.hdfs.protocol', 403],
  ParentNotDirectoryException: ['org.apache.hadoop.fs', 403],
  PathComponentTooLongException: ['org.apache.hadoop.hdfs.protocol.FSLimitException$', 403],
  PathIsNotEmptyDirectoryException: ['org.apache.hadoop.fs', 403],
  PathIsNotDirectoryException: ['org.apache.hadoop.fs', 403],
  RecoveryInProgressException: ['org.apache.hadoop.hdfs.protocol', 403],
  RemoteException: ['org.apache.hadoop.ipc', 403],
  SafeModeException: ['org.apache.hadoop.hdfs.server.namenode', 403],
  SecurityException: ['java.lang', 401],
  StandbyException: ['org.apache.hadoop.ipc', 403],
  XAttrNotFoundException: ['org.apache.hadoop.hdfs.protocol', 403],
  UnsupportedOperationException: ['java.lang', 400],
};

/** An exception of Hadoop, as WebHDFS reports it. */
export class RemoteError extends Error {
  /** @param {string} exception simple name, as in RemoteException.exception */
  constructor(exception, message, status = KNOWN[exception]?.[1] ?? 500) {
    super(message);
    this.exception = exception;
    this.status = status;
  }

  /** The body of the answer. A datanode passes on the namenode's exceptions with the Java stack after line 1. */
  toJson({ withStack = false } = {}) {
    const pack = KNOWN[this.exception]?.[0] ?? 'java.lang';
    const javaClassName = pack.endsWith('$') ? `${pack}${this.exception}` : `${pack}.${this.exception}`;
    const message = withStack ? `${this.message}\n${JAVA_STACK}` : this.message;
    return { RemoteException: { exception: this.exception, javaClassName, message } };
  }
}

/** An exception of the datanode itself, which it sends without a stack. */
export class DatanodeError extends RemoteError {}

const JAVA_STACK = [
  '\tat org.apache.hadoop.hdfs.server.namenode.FSNamesystem.startFile(FSNamesystem.java:2689)',
  '\tat org.apache.hadoop.ipc.ProtobufRpcEngine2$Server.call(ProtobufRpcEngine2.java:600)',
  '\tat org.apache.hadoop.ipc.Server$Handler.run(Server.java:3008)',
  '',
].join('\n');

export const notFound = (message) => new RemoteError('FileNotFoundException', message);
export const exists = (message) => new RemoteError('FileAlreadyExistsException', message);
export const ioError = (message) => new RemoteError('IOException', message);
export const illegalArgument = (message) => new RemoteError('IllegalArgumentException', message);
