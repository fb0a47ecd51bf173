#include "signer.h"

int main(int argc, char **argv)
{
	return svc_main(&signer_svc, argc, argv);
}
