// Debian and Ubuntu packages by purpose, each with the reason. A purpose includes those that it names.
export const purposes = {
  build: {
    includes: [],
    packages: {
      gcc: "compiles the preload library",
      make: "runs its build",
      "libc6-dev": "headers of the C library",
      patch: "applies Debian's security patches to nghttp2",
      "xz-utils": "unpacks the sources of zstd",
      bzip2: "unpacks the sources of mbedTLS",
      "ca-certificates": "HTTPS for npm",
    },
  },
  architectures: {
    includes: ["build"],
    packages: {},
    optional: Object.fromEntries(
      [
        ["aarch64-linux-gnu", "arm64"],
        ["riscv64-linux-gnu", "riscv64"],
        ["s390x-linux-gnu", "s390x"],
        ["mips64el-linux-gnuabi64", "mips64el"],
        ["powerpc64le-linux-gnu", "ppc64el"],
        ["arm-linux-gnueabihf", "armhf"],
      ].flatMap(([target, debian]) => [
        [`gcc-${target}`, `compiles the preload library for ${debian}`],
        [`libc6-dev-${debian}-cross`, `headers of the C library for ${debian}`],
      ]),
    ),
  },
  demo: {
    includes: ["build"],
    packages: {
      llvm: "llvm-symbolizer: function names and source lines",
      "redis-server": "the program that the demo profiles",
      "redis-tools": "redis-benchmark, which gives it work",
    },
  },
  test: {
    includes: ["demo", "architectures"],
    packages: {
      "g++": "C++ test programs; cc1plus is itself profiled in a test",
      "musl-tools": "test programs on musl",
      git: "files under version control, for the checks of generated code",
      heaptrack: "the reference that counts, peaks and exports are compared with",
      sqlite3: "a profiled program",
      python3: "a profiled program",
      zstd: "unpacks exports",
    },
    optional: {
      chromium: "browser tests",
      "fonts-inter": "readable type in browser tests and pictures",
      "fonts-jetbrains-mono": "readable type in browser tests and pictures",
      "clang-format": "checks the format of C sources",
      clang: "sanitizers and fuzzing of the C parts",
      gdb: "second opinion on stacks",
      "libunwind-dev": "the reference for the unwinder's tests",
      "qemu-user": "runs the tests of the preload library for other architectures",
      valgrind: "a memory checker for the C tests",
      "libjemalloc-dev": "an allocator whose own functions are recorded, shared and static",
      "libtcmalloc-minimal4": "an allocator with operators of its own",
      "libmimalloc2.0": "an allocator with operators of its own",
      unzip: "unpacks kubectl and helm, which render the chart",
      "nginx-light": "a server with workers, profiled",
      curl: "asks it",
      prometheus: "executes the queries of the dashboard for operations",
      "libcap2-bin": "programs with file capabilities as hosts of the preload library",
    },
  },
  programs: {
    includes: ["test"],
    packages: {},
    optional: {
      postgresql: "a database with a process per client, profiled",
      "default-jdk-headless": "code that is compiled while it runs, profiled",
      ffmpeg: "threads and large blocks, profiled",
    },
  },
  containers: {
    includes: ["test"],
    packages: {},
    optional: {
      "docker.io": "builds the services' images and runs them",
      debootstrap: "the base image where no registry is at hand",
      openssl: "the webhook's certificate",
    },
  },
  cluster: {
    includes: ["containers"],
    packages: {},
    optional: {
      containerd: "runs the node's containers",
      runc: "likewise",
      "containernetworking-plugins": "the pods' network",
      nftables: "kube-proxy's rules",
      iproute2: "joins the cluster's network to the machine's",
      openssl: "the cluster's certificates",
      "busybox-static": "an image with a shell",
    },
  },
  bench: {
    includes: ["test"],
    packages: { jq: "a workload", perl: "a workload" },
  },
};

/** All packages of a purpose: name -> { reason, optional }. */
export function packagesFor(purpose) {
  const entry = purposes[purpose];
  if (!entry) throw new Error(`unknown purpose "${purpose}"; known: ${Object.keys(purposes).join(", ")}`);
  const all = new Map();
  for (const included of entry.includes) for (const [name, value] of packagesFor(included)) all.set(name, value);
  for (const [name, reason] of Object.entries(entry.packages)) all.set(name, { reason, optional: false });
  for (const [name, reason] of Object.entries(entry.optional ?? {})) all.set(name, { reason, optional: true });
  return all;
}
