// Makes the folders that a Hadoop distribution's installer would make. Safe to run again.
// By WebHDFS rather than "hadoop fs", because a JVM for each command would double the cluster's start-up time.
const webhdfs = "http://namenode:9870/webhdfs/v1";
const deadlineMs = Date.now() + 300_000;

// MKDIRS leaves the mode of a folder that is already there alone (a daemon may have been first), so the mode is set as well.
const folders = [
  ["/tmp", "1777"],
  ["/user", "755"],
  ["/user/hadoop", "755"],
  ["/tmp/hadoop-yarn", "755"],
  ["/tmp/hadoop-yarn/staging", "1777"],
  ["/mr-history", "755"],
];

async function put(path, query) {
  for (;;) {
    let problem;
    try {
      const answer = await fetch(`${webhdfs}${path}?user.name=hadoop&${query}`, { method: "PUT" });
      problem = await answer.text();
      if (answer.ok) return;
    } catch (error) {
      problem = error.cause?.message ?? error.message;
    }
    // The NameNode is not up yet, or still in safe mode.
    if (Date.now() > deadlineMs) throw new Error(`Could not prepare ${path}: ${problem}`);
    await new Promise((resume) => setTimeout(resume, 500));
  }
}

for (const [path, mode] of folders) {
  await put(path, `op=MKDIRS&permission=${mode}`);
  await put(path, `op=SETPERMISSION&permission=${mode}`);
}
