/** The file that Hadoop's FileOutputCommitter writes when a job has succeeded. */
export const SUCCESS_NAME = '_SUCCESS';
