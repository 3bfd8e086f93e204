/* SPDX-License-Identifier: MIT */
/*
 * Suffixes whose content libmagic cannot tell from plain text, from a zip
 * archive or from noise, and the common ones for when libmagic is missing.
 * Registered (IANA) names where there are any.
 */
#include "message/types.h"

#include "base/attr.h"

#include <string.h>
#include <strings.h>

#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF   "application/vnd.oasis.opendocument."

static const struct {
	const char *suffix;
	const char *type;
} types[] = {
	/* text */
	{ "txt", "text/plain" },
	{ "text", "text/plain" },
	{ "log", "text/plain" },
	{ "conf", "text/plain" },
	{ "cfg", "text/plain" },
	{ "ini", "text/plain" },
	{ "md", "text/markdown" },
	{ "markdown", "text/markdown" },
	{ "rst", "text/plain" },
	{ "html", "text/html" },
	{ "htm", "text/html" },
	{ "css", "text/css" },
	{ "js", "text/javascript" },
	{ "mjs", "text/javascript" },
	{ "csv", "text/csv" },
	{ "tsv", "text/tab-separated-values" },
	{ "ics", "text/calendar" },
	{ "vcf", "text/vcard" },
	{ "vtt", "text/vtt" },
	{ "diff", "text/x-diff" },
	{ "patch", "text/x-diff" },
	{ "tex", "text/x-tex" },
	{ "c", "text/x-c" },
	{ "h", "text/x-c" },
	{ "py", "text/x-python" },
	{ "pl", "text/x-perl" },
	{ "sh", "text/x-shellscript" },
	/* structured text that is not text/ */
	{ "json", "application/json" },
	{ "geojson", "application/geo+json" },
	{ "jsonl", "application/jsonl" },
	{ "xml", "application/xml" },
	{ "xsd", "application/xml" },
	{ "xsl", "application/xslt+xml" },
	{ "atom", "application/atom+xml" },
	{ "gpx", "application/gpx+xml" },
	{ "yaml", "application/yaml" },
	{ "yml", "application/yaml" },
	{ "toml", "application/toml" },
	{ "sql", "application/sql" },
	{ "rtf", "application/rtf" },
	{ "ps", "application/postscript" },
	{ "svg", "image/svg+xml" },
	/* keys and signatures */
	{ "asc", "application/pgp-keys" },
	{ "sig", "application/pgp-signature" },
	{ "pem", "application/x-pem-file" },
	{ "crt", "application/x-x509-ca-cert" },
	{ "p7m", "application/pkcs7-mime" },
	{ "p7s", "application/pkcs7-signature" },
	{ "p12", "application/pkcs12" },
	{ "pfx", "application/pkcs12" },
	/* documents, most of them zip archives */
	{ "pdf", "application/pdf" },
	{ "doc", "application/msword" },
	{ "xls", "application/vnd.ms-excel" },
	{ "ppt", "application/vnd.ms-powerpoint" },
	{ "msg", "application/vnd.ms-outlook" },
	{ "docx", OOXML "wordprocessingml.document" },
	{ "xlsx", OOXML "spreadsheetml.sheet" },
	{ "pptx", OOXML "presentationml.presentation" },
	{ "odt", ODF "text" },
	{ "ods", ODF "spreadsheet" },
	{ "odp", ODF "presentation" },
	{ "odg", ODF "graphics" },
	{ "epub", "application/epub+zip" },
	{ "jar", "application/java-archive" },
	{ "apk", "application/vnd.android.package-archive" },
	{ "kmz", "application/vnd.google-earth.kmz" },
	/* archives */
	{ "zip", "application/zip" },
	{ "gz", "application/gzip" },
	{ "tgz", "application/gzip" },
	{ "bz2", "application/x-bzip2" },
	{ "xz", "application/x-xz" },
	{ "zst", "application/zstd" },
	{ "tar", "application/x-tar" },
	{ "7z", "application/x-7z-compressed" },
	/* pictures, sound, film */
	{ "png", "image/png" },
	{ "jpg", "image/jpeg" },
	{ "jpeg", "image/jpeg" },
	{ "gif", "image/gif" },
	{ "webp", "image/webp" },
	{ "avif", "image/avif" },
	{ "heic", "image/heic" },
	{ "mp3", "audio/mpeg" },
	{ "ogg", "audio/ogg" },
	{ "opus", "audio/ogg" },
	{ "mp4", "video/mp4" },
	{ "webm", "video/webm" },
	/* mail */
	{ "eml", "message/rfc822" },
};

const char *
type_of_name(const char *name)
{
	const char *dot = name != NULL ? strrchr(name, '.') : NULL;

	if (dot == NULL)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcasecmp(dot + 1, types[i].suffix) == 0)
			return types[i].type;
	return NULL;
}
