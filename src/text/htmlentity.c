/* SPDX-License-Identifier: MIT */
/*
 * Character references: by number, and the 253 names of HTML 4 and XML.
 */
#include "base/attr.h"
#include "text/hex.h"
#include "text/htmltoken.h"

#include <ctype.h>
#include <string.h>

#define MAX_NAME 8

struct entity {
	char name[MAX_NAME + 1];
	uint16_t codepoint;
};

/* Sorted by name, for bsearch(). */
static const struct entity entities[] = { { "AElig", 198 }, { "Aacute", 193 },
	{ "Acirc", 194 }, { "Agrave", 192 }, { "Alpha", 913 }, { "Aring", 197 },
	{ "Atilde", 195 }, { "Auml", 196 }, { "Beta", 914 }, { "Ccedil", 199 },
	{ "Chi", 935 }, { "Dagger", 8225 }, { "Delta", 916 }, { "ETH", 208 },
	{ "Eacute", 201 }, { "Ecirc", 202 }, { "Egrave", 200 },
	{ "Epsilon", 917 }, { "Eta", 919 }, { "Euml", 203 }, { "Gamma", 915 },
	{ "Iacute", 205 }, { "Icirc", 206 }, { "Igrave", 204 }, { "Iota", 921 },
	{ "Iuml", 207 }, { "Kappa", 922 }, { "Lambda", 923 }, { "Mu", 924 },
	{ "Ntilde", 209 }, { "Nu", 925 }, { "OElig", 338 }, { "Oacute", 211 },
	{ "Ocirc", 212 }, { "Ograve", 210 }, { "Omega", 937 },
	{ "Omicron", 927 }, { "Oslash", 216 }, { "Otilde", 213 },
	{ "Ouml", 214 }, { "Phi", 934 }, { "Pi", 928 }, { "Prime", 8243 },
	{ "Psi", 936 }, { "Rho", 929 }, { "Scaron", 352 }, { "Sigma", 931 },
	{ "THORN", 222 }, { "Tau", 932 }, { "Theta", 920 }, { "Uacute", 218 },
	{ "Ucirc", 219 }, { "Ugrave", 217 }, { "Upsilon", 933 },
	{ "Uuml", 220 }, { "Xi", 926 }, { "Yacute", 221 }, { "Yuml", 376 },
	{ "Zeta", 918 }, { "aacute", 225 }, { "acirc", 226 }, { "acute", 180 },
	{ "aelig", 230 }, { "agrave", 224 }, { "alefsym", 8501 },
	{ "alpha", 945 }, { "amp", 38 }, { "and", 8743 }, { "ang", 8736 },
	{ "apos", 39 }, { "aring", 229 }, { "asymp", 8776 }, { "atilde", 227 },
	{ "auml", 228 }, { "bdquo", 8222 }, { "beta", 946 }, { "brvbar", 166 },
	{ "bull", 8226 }, { "cap", 8745 }, { "ccedil", 231 }, { "cedil", 184 },
	{ "cent", 162 }, { "chi", 967 }, { "circ", 710 }, { "clubs", 9827 },
	{ "cong", 8773 }, { "copy", 169 }, { "crarr", 8629 }, { "cup", 8746 },
	{ "curren", 164 }, { "dArr", 8659 }, { "dagger", 8224 },
	{ "darr", 8595 }, { "deg", 176 }, { "delta", 948 }, { "diams", 9830 },
	{ "divide", 247 }, { "eacute", 233 }, { "ecirc", 234 },
	{ "egrave", 232 }, { "empty", 8709 }, { "emsp", 8195 },
	{ "ensp", 8194 }, { "epsilon", 949 }, { "equiv", 8801 }, { "eta", 951 },
	{ "eth", 240 }, { "euml", 235 }, { "euro", 8364 }, { "exist", 8707 },
	{ "fnof", 402 }, { "forall", 8704 }, { "frac12", 189 },
	{ "frac14", 188 }, { "frac34", 190 }, { "frasl", 8260 },
	{ "gamma", 947 }, { "ge", 8805 }, { "gt", 62 }, { "hArr", 8660 },
	{ "harr", 8596 }, { "hearts", 9829 }, { "hellip", 8230 },
	{ "iacute", 237 }, { "icirc", 238 }, { "iexcl", 161 },
	{ "igrave", 236 }, { "image", 8465 }, { "infin", 8734 },
	{ "int", 8747 }, { "iota", 953 }, { "iquest", 191 }, { "isin", 8712 },
	{ "iuml", 239 }, { "kappa", 954 }, { "lArr", 8656 }, { "lambda", 955 },
	{ "lang", 9001 }, { "laquo", 171 }, { "larr", 8592 }, { "lceil", 8968 },
	{ "ldquo", 8220 }, { "le", 8804 }, { "lfloor", 8970 },
	{ "lowast", 8727 }, { "loz", 9674 }, { "lrm", 8206 },
	{ "lsaquo", 8249 }, { "lsquo", 8216 }, { "lt", 60 }, { "macr", 175 },
	{ "mdash", 8212 }, { "micro", 181 }, { "middot", 183 },
	{ "minus", 8722 }, { "mu", 956 }, { "nabla", 8711 }, { "nbsp", 160 },
	{ "ndash", 8211 }, { "ne", 8800 }, { "ni", 8715 }, { "not", 172 },
	{ "notin", 8713 }, { "nsub", 8836 }, { "ntilde", 241 }, { "nu", 957 },
	{ "oacute", 243 }, { "ocirc", 244 }, { "oelig", 339 },
	{ "ograve", 242 }, { "oline", 8254 }, { "omega", 969 },
	{ "omicron", 959 }, { "oplus", 8853 }, { "or", 8744 }, { "ordf", 170 },
	{ "ordm", 186 }, { "oslash", 248 }, { "otilde", 245 },
	{ "otimes", 8855 }, { "ouml", 246 }, { "para", 182 }, { "part", 8706 },
	{ "permil", 8240 }, { "perp", 8869 }, { "phi", 966 }, { "pi", 960 },
	{ "piv", 982 }, { "plusmn", 177 }, { "pound", 163 }, { "prime", 8242 },
	{ "prod", 8719 }, { "prop", 8733 }, { "psi", 968 }, { "quot", 34 },
	{ "rArr", 8658 }, { "radic", 8730 }, { "rang", 9002 }, { "raquo", 187 },
	{ "rarr", 8594 }, { "rceil", 8969 }, { "rdquo", 8221 },
	{ "real", 8476 }, { "reg", 174 }, { "rfloor", 8971 }, { "rho", 961 },
	{ "rlm", 8207 }, { "rsaquo", 8250 }, { "rsquo", 8217 },
	{ "sbquo", 8218 }, { "scaron", 353 }, { "sdot", 8901 }, { "sect", 167 },
	{ "shy", 173 }, { "sigma", 963 }, { "sigmaf", 962 }, { "sim", 8764 },
	{ "spades", 9824 }, { "sub", 8834 }, { "sube", 8838 }, { "sum", 8721 },
	{ "sup", 8835 }, { "sup1", 185 }, { "sup2", 178 }, { "sup3", 179 },
	{ "supe", 8839 }, { "szlig", 223 }, { "tau", 964 }, { "there4", 8756 },
	{ "theta", 952 }, { "thetasym", 977 }, { "thinsp", 8201 },
	{ "thorn", 254 }, { "tilde", 732 }, { "times", 215 }, { "trade", 8482 },
	{ "uArr", 8657 }, { "uacute", 250 }, { "uarr", 8593 }, { "ucirc", 251 },
	{ "ugrave", 249 }, { "uml", 168 }, { "upsih", 978 }, { "upsilon", 965 },
	{ "uuml", 252 }, { "weierp", 8472 }, { "xi", 958 }, { "yacute", 253 },
	{ "yen", 165 }, { "yuml", 255 }, { "zeta", 950 }, { "zwj", 8205 },
	{ "zwnj", 8204 } };

/* What the numbers 128 to 159 mean: Windows-1252, as everybody writes it. */
static const uint16_t windows_1252[] = { 0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e,
	0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd,
	0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
	0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e,
	0x0178 };

static int
compare(const void *key, const void *member)
{
	return strcmp(key, ((const struct entity *)member)->name);
}

static uint32_t
mend_number(uint32_t c)
{
	if (c >= 128 && c <= 159)
		return windows_1252[c - 128];
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0xfffd;
	return c;
}

/* "&#123;" or "&#x7b;"; the semicolon may be missing. */
static size_t
numeric(const char *p, size_t len, uint32_t *codepoint)
{
	bool hex = len > 2 && (p[2] == 'x' || p[2] == 'X');
	size_t start = hex ? 3 : 2;
	int base = hex ? 16 : 10;
	uint32_t c = 0;
	size_t i;

	for (i = start; i < len; i++) {
		int digit = hex_digit(p[i]);

		if (digit < 0 || digit >= base)
			break;
		if (c <= 0x10ffff)
			c = c * (uint32_t)base + (uint32_t)digit;
	}
	if (i == start)
		return 0;
	*codepoint = mend_number(c);
	return i < len && p[i] == ';' ? i + 1 : i;
}

size_t
html_entity(const char *p, size_t len, bool attribute, uint32_t *codepoint)
{
	char name[MAX_NAME + 1];
	const struct entity *found;
	size_t n = 0;

	if (len >= 2 && p[1] == '#')
		return numeric(p, len, codepoint);
	while (
	    n < MAX_NAME && n + 1 < len && isalnum((unsigned char)p[n + 1])) {
		name[n] = p[n + 1];
		n++;
	}
	name[n] = '\0';
	found = bsearch(
	    name, entities, ARRAY_SIZE(entities), sizeof(entities[0]), compare);
	if (found == NULL)
		return 0;
	*codepoint = found->codepoint;
	if (n + 1 < len && p[n + 1] == ';')
		return n + 2;
	/* The old Latin-1 names are known without a semicolon, but not in
	 * attributes: "?a=1&copy=2" is a query. */
	if (attribute || found->codepoint > 255 ||
	    (n + 1 < len && isalnum((unsigned char)p[n + 1])))
		return 0;
	return n + 1;
}

void
html_put_utf8(struct buf *out, uint32_t c)
{
	char utf8[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--) {
		utf8[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	/* n ones and a zero lead the first byte. */
	utf8[0] = (char)(n == 1 ? c : (0xf00U >> n & 0xf0) | c);
	buf_add(out, utf8, n);
}

void
html_decode(struct buf *out, const char *text, size_t len, bool attribute)
{
	size_t i = 0;

	while (i < len) {
		uint32_t c = 0;
		size_t n = text[i] == '&'
		    ? html_entity(text + i, len - i, attribute, &c)
		    : 0;

		if (n > 0)
			html_put_utf8(out, c);
		else
			buf_putc(out, text[i]);
		i += n > 0 ? n : 1;
	}
}
