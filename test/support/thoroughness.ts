/** True in `npm run test:heavy`: every case and full sizes. `npm test` takes a part of them. */
export const isThorough = process.env.HADOOP_ELT_TEST_ALL !== undefined;
