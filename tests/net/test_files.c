/*
 * Files: whole or not at all, on the disk before success is told, and locks
 * that die with their process. fsync and rename are wrapped by the linker, so
 * the test sees their order and can make them fail as a full disk does.
 */
#include "net/files.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What reached the kernel: F a file's fsync, D a directory's, R a rename. */
static char calls[16];
static int fsync_error; /* errno of the next fsync; 0 lets it through */

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

static void record(char call)
{
	size_t length = strlen(calls);
	if (length + 1 < sizeof(calls))
		calls[length] = call;
}

int __wrap_fsync(int descriptor)
{
	struct stat facts;
	assert_int_equal(fstat(descriptor, &facts), 0);
	record(S_ISDIR(facts.st_mode) ? 'D' : 'F');
	if (!fsync_error)
		return __real_fsync(descriptor);
	errno = fsync_error;
	fsync_error = 0;
	return -1;
}

int __wrap_rename(const char *from, const char *to)
{
	record('R');
	return __real_rename(from, to);
}

static char directory[64];
static char path[96];
static char temporary[112];

static int setup(void **state)
{
	(void)state;
	(void)snprintf(directory, sizeof(directory), "/tmp/issuer-test-files-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/file", directory);
	(void)snprintf(temporary, sizeof(temporary), "%s.tmp", path);
	memset(calls, 0, sizeof(calls));
	fsync_error = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)unlink(temporary);
	(void)rmdir(path);
	return rmdir(directory);
}

static void assert_file_is(const char *text)
{
	struct buffer bytes;
	struct error err = NO_ERROR;
	buffer_init(&bytes, 1 << 20);
	assert_int_equal(files_read(NULL, path, &bytes, &err), OK);
	assert_string_equal(buffer_text(&bytes), text);
	buffer_release(&bytes);
}

static void write_text(const char *text)
{
	struct error err = NO_ERROR;
	assert_int_equal(files_write(NULL, path, slice_text(text), 0600, &err), OK);
}

static void test_write_syncs_before_and_after_the_rename(void **state)
{
	(void)state;
	write_text("first");
	assert_string_equal(calls, "FRD");
	write_text("second");
	assert_file_is("second");
	assert_int_not_equal(access(temporary, F_OK), 0);
}

static void test_mode_is_exact_whatever_the_umask(void **state)
{
	(void)state;
	struct stat facts;
	mode_t before = umask(077);
	assert_int_equal(files_write(NULL, path, slice_text("x"), 0644, NULL), OK);
	(void)umask(before);
	assert_int_equal(stat(path, &facts), 0);
	assert_int_equal(facts.st_mode & 07777, 0644);
	assert_int_equal(files_write(NULL, path, slice_text("x"), 0600, NULL), OK);
	assert_int_equal(stat(path, &facts), 0);
	assert_int_equal(facts.st_mode & 07777, 0600);
}

static void test_failed_write_leaves_the_old_file(void **state)
{
	(void)state;
	static const struct {
		int number;
		enum status status;
	} cases[] = {
		{ENOSPC, STORE_FULL},  {EDQUOT, STORE_FULL},  {EROFS, PERMISSIONS},
		{EPERM, PERMISSIONS},  {EACCES, PERMISSIONS}, {EIO, FILE_FAILED},
		{ENOENT, FILE_FAILED},
	};
	write_text("old");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err = NO_ERROR;
		fsync_error = cases[i].number;
		assert_int_equal(files_write(NULL, path, slice_text("new"), 0600, &err),
				 cases[i].status);
		assert_int_equal(err.status, cases[i].status);
		assert_non_null(strstr(err.sentence, path));
		assert_non_null(strstr(err.sentence, strerror(cases[i].number)));
		assert_file_is("old");
		assert_int_not_equal(access(temporary, F_OK), 0);
	}
}

static void test_write_over_a_directory_fails_and_cleans_up(void **state)
{
	(void)state;
	struct error err = NO_ERROR;
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(files_write(NULL, path, slice_text("x"), 0600, &err), FILE_FAILED);
	assert_int_not_equal(access(temporary, F_OK), 0);
}

static void test_leftover_of_a_killed_writer_is_replaced(void **state)
{
	(void)state;
	int leftover = open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	assert_true(leftover >= 0);
	assert_int_equal(write(leftover, "a long leftover", 15), 15);
	(void)close(leftover);
	write_text("new");
	assert_file_is("new");
}

static void test_write_does_not_follow_a_planted_link(void **state)
{
	(void)state;
	write_text("victim");
	char other[112];
	(void)snprintf(other, sizeof(other), "%s/other", directory);
	char planted[128];
	(void)snprintf(planted, sizeof(planted), "%s.tmp", other);
	assert_int_equal(symlink(path, planted), 0);
	assert_int_equal(files_write(NULL, other, slice_text("x"), 0600, NULL), OK);
	assert_file_is("victim");
	assert_int_equal(unlink(other), 0);
}

static void test_read_failures_leave_the_buffer(void **state)
{
	(void)state;
	struct buffer bytes;
	struct error err = NO_ERROR;
	buffer_init(&bytes, 8);
	buffer_append_text(&bytes, "abc");
	assert_int_equal(files_read(NULL, path, &bytes, &err), NOT_FOUND);
	assert_non_null(strstr(err.sentence, path));
	write_text("123456");
	assert_int_equal(files_read(NULL, path, &bytes, &err), FILE_FAILED);
	assert_string_equal(buffer_text(&bytes), "abc");
	assert_false(bytes.overflowed);
	assert_int_equal(files_read(NULL, directory, &bytes, &err), FILE_FAILED);
	assert_string_equal(buffer_text(&bytes), "abc");
	write_text("12345");
	assert_int_equal(files_read(NULL, path, &bytes, &err), OK);
	assert_string_equal(buffer_text(&bytes), "abc12345");
	buffer_release(&bytes);
}

static void test_remove(void **state)
{
	(void)state;
	struct error err = NO_ERROR;
	assert_int_equal(files_remove(NULL, path, &err), NOT_FOUND);
	write_text("x");
	memset(calls, 0, sizeof(calls));
	assert_int_equal(files_remove(NULL, path, &err), OK);
	assert_string_equal(calls, "D");
	assert_int_not_equal(access(path, F_OK), 0);
}

static void test_lock_within_one_process(void **state)
{
	(void)state;
	struct error err = NO_ERROR;
	enum lock_outcome outcome;
	int first = -1, second = -2;
	assert_int_equal(files_lock(NULL, path, &outcome, &first, &err), OK);
	assert_int_equal(outcome, LOCK_TAKEN);
	assert_true(fcntl(first, F_GETFD) & FD_CLOEXEC);
	struct stat facts;
	assert_int_equal(stat(path, &facts), 0);
	assert_int_equal(facts.st_mode & 0777, 0600);
	assert_int_equal(files_lock(NULL, path, &outcome, &second, &err), OK);
	assert_int_equal(outcome, LOCK_HELD_BY_ANOTHER);
	assert_int_equal(second, -2);
	files_unlock(NULL, first);
	assert_int_equal(files_lock(NULL, path, &outcome, &second, &err), OK);
	assert_int_equal(outcome, LOCK_TAKEN);
	files_unlock(NULL, second);
}

static void test_lock_of_a_killed_process_is_free(void **state)
{
	(void)state;
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		enum lock_outcome outcome = LOCK_HELD_BY_ANOTHER;
		int lock;
		enum status status = files_lock(NULL, path, &outcome, &lock, NULL);
		if (status == OK && outcome == LOCK_TAKEN)
			(void)!write(ready[1], "!", 1);
		for (;;)
			(void)pause();
	}
	char byte = 0;
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	enum lock_outcome outcome = LOCK_TAKEN;
	int lock;
	assert_int_equal(files_lock(NULL, path, &outcome, &lock, NULL), OK);
	assert_int_equal(outcome, LOCK_HELD_BY_ANOTHER);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(files_lock(NULL, path, &outcome, &lock, NULL), OK);
	assert_int_equal(outcome, LOCK_TAKEN);
	files_unlock(NULL, lock);
}

static void test_lock_in_a_missing_directory(void **state)
{
	(void)state;
	struct error err = NO_ERROR;
	enum lock_outcome outcome;
	int lock;
	char missing[128];
	(void)snprintf(missing, sizeof(missing), "%s/missing/lock", directory);
	assert_int_equal(files_lock(NULL, missing, &outcome, &lock, &err), FILE_FAILED);
	assert_non_null(strstr(err.sentence, missing));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Regular files alone, by their octets, so many at most; a move is on the disk before it is told.
 */
static void test_folder(void **state)
{
	(void)state;
	char folder[] = "/tmp/issuer-files-XXXXXX";
	CLEANUP(buffer_release) struct buffer names = {.maximum = 4096};
	assert_non_null(mkdtemp(folder));
	CLEANUP(memory_freep) char *b = memory_printf("%s/b", folder);
	CLEANUP(memory_freep) char *a = memory_printf("%s/a", folder);
	CLEANUP(memory_freep) char *dot = memory_printf("%s/.c", folder);
	CLEANUP(memory_freep) char *link = memory_printf("%s/d", folder);
	CLEANUP(memory_freep) char *inner = memory_printf("%s/e", folder);
	CLEANUP(memory_freep) char *moved = memory_printf("%s/e/b", folder);
	CLEANUP(memory_freep) char *absent = memory_printf("%s/f/b", folder);
	assert_int_equal(files_write(NULL, b, slice_text("1"), 0600, NULL), OK);
	assert_int_equal(files_write(NULL, a, slice_text("2"), 0600, NULL), OK);
	assert_int_equal(files_write(NULL, dot, slice_text("3"), 0600, NULL), OK);
	assert_int_equal(symlink(a, link), 0);
	assert_int_equal(folder_make(NULL, inner, NULL), OK);
	assert_int_equal(folder_list(NULL, folder, 10, &names, NULL), OK);
	assert_int_equal(names.length, 4);
	assert_memory_equal(names.data, "a\0b", 4);
	buffer_clear(&names);
	assert_int_equal(folder_list(NULL, folder, 1, &names, NULL), OK);
	assert_int_equal(names.length, 2);
	assert_int_equal(folder_list(NULL, absent, 1, &names, NULL), NOT_FOUND);
	memset(calls, 0, sizeof(calls));
	assert_int_equal(files_move(NULL, b, moved, NULL), OK);
	assert_string_equal(calls, "RD");
	assert_int_equal(access(b, F_OK), -1);
	assert_int_equal(files_move(NULL, b, moved, NULL), NOT_FOUND);
	assert_int_equal(files_move(NULL, a, absent, NULL), NOT_FOUND);
	assert_int_equal(unlink(moved) | unlink(a) | unlink(dot) | unlink(link), 0);
	assert_int_equal(rmdir(inner) | rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_write_syncs_before_and_after_the_rename),
		TEST(test_mode_is_exact_whatever_the_umask),
		TEST(test_failed_write_leaves_the_old_file),
		TEST(test_write_over_a_directory_fails_and_cleans_up),
		TEST(test_leftover_of_a_killed_writer_is_replaced),
		TEST(test_write_does_not_follow_a_planted_link),
		TEST(test_read_failures_leave_the_buffer),
		TEST(test_remove),
		TEST(test_lock_within_one_process),
		TEST(test_lock_of_a_killed_process_is_free),
		TEST(test_lock_in_a_missing_directory),
		cmocka_unit_test(test_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
