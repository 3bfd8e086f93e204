/* SPDX-License-Identifier: MIT */
/*
 * Names only; the certificates are read by OpenSSL.
 */
#include "smtp/trust.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/stat.h>

/* Is it "1a2b3c4d.0", a link that c_rehash makes? */
static bool
is_hash(const char *name)
{
	return strspn(name, "0123456789abcdef") == 8 &&
	    strcmp(name + 8, ".0") == 0;
}

/*
 * Use a directory if it is hashed.  libcurl since 8.17 adds its bundle when no
 * file is named, so that any one file of the directory has to be.
 */
static bool
use_directory(struct trust *t, const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	if (dir == NULL)
		return false;
	while (t->file == NULL && (entry = readdir(dir)) != NULL) {
		auto_free char *file = NULL;

		if (!is_hash(entry->d_name))
			continue;
		file = mem_printf("%s/%s", path, entry->d_name);
		if (access(file, R_OK) == 0)
			t->file = steal(file);
	}
	(void)closedir(dir);
	if (t->file == NULL)
		return false;
	t->directory = mem_strdup(path);
	return true;
}

/* A name that somebody gave, by `how`. */
static int
use_given(struct trust *t, const char *path, const char *how, struct error *err)
{
	struct stat st;

	if (stat(path, &st) != 0 || access(path, R_OK) != 0)
		return error_errno(err, ERR_OSFILE, errno,
		    "cannot read the CA certificates '%s' (%s)", path, how);
	if (!S_ISDIR(st.st_mode)) {
		t->file = mem_strdup(path);
		return 0;
	}
	if (use_directory(t, path))
		return 0;
	(void)error_set(err, ERR_OSFILE,
	    "no hashed CA certificates in the directory '%s' (%s)", path, how);
	return error_hint(err, "openssl rehash '%s'", path);
}

int
trust_find(struct trust *t, const char *cacert, struct error *err)
{
	const char *file = getenv("SSL_CERT_FILE");
	const char *directory = getenv("SSL_CERT_DIR");

	*t = (struct trust){ .file = NULL };
	if (cacert != NULL)
		return use_given(t, cacert, "--cacert", err);
	if (file != NULL && file[0] != '\0')
		return use_given(t, file, "SSL_CERT_FILE", err);
	if (directory != NULL && directory[0] != '\0')
		return use_given(t, directory, "SSL_CERT_DIR", err);
	(void)use_directory(t, X509_get_default_cert_dir());
	return 0;
}

void
trust_release(struct trust *t)
{
	free(t->file);
	free(t->directory);
	*t = (struct trust){ .file = NULL };
}
