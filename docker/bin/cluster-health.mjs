#!/usr/bin/env node
// cluster-health.mjs [ROLE...]: prints one line per role, "<role> ok|waiting <detail>"; exits with 1 unless all are ok.
// A container's health check passes its own role. Without roles, in the client container, it checks the whole cluster.

const wantedDatanodes = 2;
const wantedNodemanagers = 2;

async function getJson(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000), headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

async function getBean(base, name) {
  const { beans } = await getJson(`${base}/jmx?qry=${name}`);
  if (!beans[0]) throw new Error(`${base} has no ${name} yet`);
  return beans[0];
}

// Not the LiveNodes map: its keys are host names, and both datanodes register as localhost (conf/hdfs-site.xml).
const hdfsState = () => getBean("http://namenode:9870", "Hadoop:service=NameNode,name=FSNamesystemState");

// Each check returns [isOk, seen].
const checks = {
  async namenode() {
    const { FSState } = await hdfsState();
    return [FSState === "Operational", FSState === "Operational" ? "out of safe mode" : `state ${FSState}`];
  },
  async datanode() {
    const info = await getBean(`http://127.0.0.1:${process.env.DATANODE_PORT}`, "Hadoop:service=DataNode,name=DataNodeInfo");
    const actors = JSON.parse(info.BPServiceActorInfo);
    const isRunning = actors.length > 0 && actors.every((actor) => actor.ActorState === "RUNNING");
    return [isRunning, isRunning ? "registered" : "not registered with the namenode"];
  },
  async datanodes() {
    const { NumLiveDataNodes } = await hdfsState();
    return [NumLiveDataNodes >= wantedDatanodes, `${NumLiveDataNodes} of ${wantedDatanodes} live`];
  },
  async resourcemanager() {
    const { clusterInfo } = await getJson("http://resourcemanager:8088/ws/v1/cluster/info");
    return [clusterInfo.state === "STARTED", `state ${clusterInfo.state}`];
  },
  async nodemanager() {
    const { nodeInfo } = await getJson("http://127.0.0.1:8042/ws/v1/node/info");
    return [nodeInfo.nodeHealthy, nodeInfo.nodeHealthy ? "healthy" : nodeInfo.healthReport];
  },
  async nodemanagers() {
    const { clusterMetrics } = await getJson("http://resourcemanager:8088/ws/v1/cluster/metrics");
    return [clusterMetrics.activeNodes >= wantedNodemanagers, `${clusterMetrics.activeNodes} of ${wantedNodemanagers} live`];
  },
  async historyserver() {
    await getJson("http://historyserver:19888/ws/v1/history/info");
    return [true, "answers"];
  },
  // Looks for the last folder that prepare-hdfs.mjs creates.
  async client() {
    await getJson("http://namenode:9870/webhdfs/v1/mr-history?op=GETFILESTATUS&user.name=hadoop");
    return [true, "HDFS folders exist"];
  },
};

const wholeCluster = ["namenode", "datanodes", "resourcemanager", "nodemanagers", "historyserver", "client"];

async function describe(role) {
  const check = checks[role];
  if (!check) return { role, isOk: false, seen: `no such role; one of ${Object.keys(checks).join(", ")}` };
  try {
    const [isOk, seen] = await check();
    return { role, isOk, seen };
  } catch (error) {
    return { role, isOk: false, seen: error.cause?.message || error.message };
  }
}

const roles = process.argv.length > 2 ? process.argv.slice(2) : wholeCluster;
const states = await Promise.all(roles.map(describe));
for (const { role, isOk, seen } of states) console.log(`${role.padEnd(16)}${isOk ? "ok" : "waiting"}`.padEnd(25) + seen);
process.exitCode = states.every((state) => state.isOk) ? 0 : 1;
