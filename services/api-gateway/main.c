#include "gateway.h"

int main(int argc, char **argv)
{
	return svc_main(&gateway_svc, argc, argv);
}
