#include "evaluator.h"

int main(int argc, char **argv)
{
	return svc_main(&evaluator_svc, argc, argv);
}
