#include "audit_writer.h"

int main(int argc, char **argv)
{
	return svc_main(&audit_writer_svc, argc, argv);
}
