/* A key and a certificate for localhost that certifies itself, in PEM files of the test. */
#ifndef TESTS_HTTP_CERTIFICATE_H
#define TESTS_HTTP_CERTIFICATE_H

struct certificate {
	char certificate_path[64];
	char key_path[64];
};

void certificate_create(struct certificate *certificate);
void certificate_remove(const struct certificate *certificate);

#endif
