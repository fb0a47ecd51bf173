#include "worker.h"

int main(int argc, char **argv)
{
	return svc_main(&worker_svc, argc, argv);
}
