/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main() of a fuzz target that is built without libFuzzer: gives it the files
 * named, or those of its corpus ($srcdir/tests/fuzz/corpus/NAME for a program
 * fuzz_NAME). A finding aborts, as it does under the fuzzer.
 */
#include "common/buf.h"
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static void
replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf b = {0};
	char *exact;
	size_t n;

	if (!f)
		die(1, "cannot open %s", path);
	while ((n = fread(buf_reserve(&b, 65536), 1, 65536, f)) > 0)
		b.n += n;
	fclose(f);
	/* Exactly as long as the input, so that AddressSanitizer sees a read behind it. */
	exact = xmalloc(b.n);
	if (b.n)
		memcpy(exact, b.p, b.n);
	LLVMFuzzerTestOneInput((const uint8_t *)exact, b.n);
	free(exact);
	buf_done(&b);
}

static unsigned
replay_dir(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	unsigned n = 0;
	char *path;

	if (!d)
		die(1, "cannot read the corpus %s", dir);
	while ((entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		path = xasprintf("%s/%s", dir, entry->d_name);
		replay(path);
		free(path);
		n++;
	}
	closedir(d);
	return n;
}

int
main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	const char *srcdir = getenv("srcdir");
	unsigned n = 0;
	char *dir;

	for (int i = 1; i < argc; i++, n++)
		replay(argv[i]);
	if (argc == 1) {
		if (strncmp(name, "fuzz_", 5) != 0)
			die(1, "usage: %s FILE...", argv[0]);
		dir = xasprintf("%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".", name + 5);
		n = replay_dir(dir);
		if (n == 0)
			die(1, "the corpus %s is empty", dir);
		free(dir);
	}
	printf("%u inputs\n", n);
	return 0;
}
