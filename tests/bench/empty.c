/* bench_empty: does nothing, linked like issuer, so its start-up is what the libraries cost. */
int main(void)
{
	return 0;
}
