/* The one function of bcryptprimitives.dll that Go's runtime asks for, which
   wine 8 lacks. */
#include <windows.h>
#include <ntsecapi.h>

BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return RtlGenRandom(data, length); }
