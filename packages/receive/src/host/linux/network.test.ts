import { expect, test } from 'vitest';
import { Families } from '../family.ts';
import { fixtureHost, samplesOf } from '../fixture-tree.ts';
import { parseArp } from './arp.ts';
import { bonding } from './bonding.ts';
import { conntrack } from './conntrack.ts';
import { addIpvsBackends, addIpvsTotals, parseEndpoint } from './ipvs.ts';
import { netclass } from './netclass.ts';
import { netdev, parseNetDev } from './netdev.ts';
import { parseNetstat, parseSnmp6 } from './netstat.ts';
import { parseNfs, parseNfsd } from './nfs.ts';
import { parseSockstat } from './sockstat.ts';
import { parseSoftnet } from './softnet.ts';
import { udpQueues } from './udp_queues.ts';

const NET_DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  1 2 0 0 0 0 0 0 1 2 0 0 0 0 0 0
  eth0:10000000001 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
eth0:1:1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
`;

test('ARP entries are counted by device', () => {
  const text = `IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         cc:aa:dd:ee:aa:bb     *        eth0
192.168.1.2      0x1         0x0         00:00:00:00:00:00     *        eth0
10.0.0.1         0x1         0x2         cc:aa:dd:ee:aa:bb     *        br0
`;
  expect(samplesOf(parseArp(text))).toEqual(['node_arp_entries{device="eth0"} 2', 'node_arp_entries{device="br0"} 1']);
});

test('traffic by device, without the loopback; names with colons and large numbers without space before them', async () => {
  expect([...parseNetDev(NET_DEV).keys()]).toEqual(['eth0', 'eth0:1']);
  const sys = { 'class/net/eth0/statistics/rx_nohandler': '99\n' };
  const samples = samplesOf(await netdev(fixtureHost({ proc: { 'net/dev': NET_DEV }, sys }))());
  expect(samples).toContain('node_network_receive_bytes_total{device="eth0"} 10000000001');
  expect(samples).toContain('node_network_receive_multicast_total{device="eth0"} 8');
  expect(samples).toContain('node_network_transmit_carrier_total{device="eth0"} 15');
  expect(samples).toContain('node_network_receive_nohandler_total{device="eth0"} 99');
  expect(samples).not.toContain('node_network_receive_nohandler_total{device="eth0:1"} 0');
});

test('properties of devices: what a driver does not know is left out', async () => {
  const invalid = Object.assign(new Error('EINVAL'), { code: 'EINVAL' });
  const sys = {
    'class/net/bonding_masters': 'bond0\n',
    'class/net/eth0/ifindex': '2',
    'class/net/eth0/flags': '0x1003',
    'class/net/eth0/operstate': 'up',
    'class/net/eth0/address': '02:fc:00:00:00:01',
    'class/net/eth0/speed': '10000',
    'class/net/eth0/duplex': 'full',
    'class/net/eth0/carrier': '1',
    'class/net/eth0/carrier_changes': '2',
    'class/net/wlan0/ifindex': '3',
    'class/net/wlan0/speed': '-1',
    'class/net/wlan0/carrier': invalid,
    'class/net/wlan0/dormant': invalid,
  };
  const samples = samplesOf(await netclass(fixtureHost({ sys }))());
  expect(samples).toContain('node_network_up{device="eth0"} 1');
  expect(samples).toContain('node_network_up{device="wlan0"} 0');
  expect(samples).toContain('node_network_flags{device="eth0"} 4099');
  expect(samples).toContain('node_network_speed_bytes{device="eth0"} 1250000000');
  expect(samples).toContain('node_network_speed_bytes{device="wlan0"} -125000');
  expect(samples).toContain('node_network_carrier_changes_total{device="eth0"} 2');
  expect(samples).toContain(
    'node_network_info{device="eth0",address="02:fc:00:00:00:01",broadcast="",duplex="full",operstate="up",ifalias=""} 1',
  );
  expect(samples.some((line) => /bonding_masters|carrier\{device="wlan0"|dormant/.test(line))).toBe(false);
});

test('protocol counters: only the interesting ones', () => {
  const families = new Families();
  parseNetstat('TcpExt: SyncookiesSent ListenOverflows TW\nTcpExt: 1 2 3\nIpExt: InOctets\nIpExt: 6286396970\n', families);
  parseNetstat('Ip: Forwarding DefaultTTL\nIp: 1 64\nTcp: MaxConn CurrEstab\nTcp: -1 5\n', families);
  parseSnmp6('Ip6InReceives 7\nIp6InOctets 8\nUdpLite6InErrors 9\nUdp6InDatagrams 10\n', families);
  expect(samplesOf(families)).toEqual([
    'node_netstat_TcpExt_SyncookiesSent 1',
    'node_netstat_TcpExt_ListenOverflows 2',
    'node_netstat_IpExt_InOctets 6286396970',
    'node_netstat_Ip_Forwarding 1',
    'node_netstat_Tcp_CurrEstab 5',
    'node_netstat_Ip6_InOctets 8',
    'node_netstat_UdpLite6_InErrors 9',
    'node_netstat_Udp6_InDatagrams 10',
  ]);
  expect(() => parseNetstat('Tcp: A B\nTcp: 1\n', families)).toThrow('2 names and 1 values');
});

test('sockets: memory also in bytes, by the size of a page', () => {
  const families = new Families();
  parseSockstat('sockets: used 229\nTCP: inuse 4 mem 17\nFRAG: inuse 0 memory 5\n', 16_384, families);
  expect(samplesOf(families)).toEqual([
    'node_sockstat_sockets_used 229',
    'node_sockstat_TCP_inuse 4',
    'node_sockstat_TCP_mem 17',
    'node_sockstat_TCP_mem_bytes 278528',
    'node_sockstat_FRAG_inuse 0',
    'node_sockstat_FRAG_memory 5',
  ]);
});

test('softnet: the CPU is named by its column, or by its line in older kernels', () => {
  expect(samplesOf(parseSoftnet('00015c73 0000000a 00000003 0 0\n00000001 0 0 0 0\n'))).toContain(
    'node_softnet_processed_total{cpu="1"} 1',
  );
  const columns = '0000ff00 00000001 00000002 0 0 0 0 0 0 0 0 0 00000007 0 0';
  expect(samplesOf(parseSoftnet(columns))).toEqual([
    'node_softnet_processed_total{cpu="7"} 65280',
    'node_softnet_dropped_total{cpu="7"} 1',
    'node_softnet_times_squeezed_total{cpu="7"} 2',
  ]);
});

test('connection tracking sums its columns over the CPUs, by their names', async () => {
  const proc = {
    'sys/net/netfilter/nf_conntrack_count': '123',
    'sys/net/netfilter/nf_conntrack_max': '65536',
    'net/stat/nf_conntrack': `entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart
0000007b  00000001 00000002 0 0000000a 0000ffff 0 0 00000001 0 00000003 0 0  0 0 0 00000004
0000007b  00000001 00000002 0 0000000b 00000001 0 0 00000001 0 00000003 0 0  0 0 0 00000004
`,
  };
  const samples = samplesOf(await conntrack(fixtureHost({ proc }))());
  expect(samples).toContain('node_nf_conntrack_entries 123');
  expect(samples).toContain('node_nf_conntrack_stat_invalid 21');
  expect(samples).toContain('node_nf_conntrack_stat_ignore 65536');
  expect(samples).toContain('node_nf_conntrack_stat_search_restart 8');
});

test('UDP queues sum over the sockets; without IPv6 there is IPv4 alone', async () => {
  const heading = '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n';
  const row = '   1: 00000000:0044 00000000:0000 07 0000000A:00000100 00:00000000 00000000     0        0 1 2 0 0\n';
  expect(samplesOf(await udpQueues(fixtureHost({ proc: { 'net/udp': heading + row + row } }))())).toEqual([
    'node_udp_queues{queue="tx",ip="v4"} 20',
    'node_udp_queues{queue="rx",ip="v4"} 512',
  ]);
});

test('bonds count their members, whatever the kernel calls the links to them', async () => {
  const sys = {
    'class/net/bonding_masters': 'bond0 dmz\n',
    'class/net/bond0/bonding/slaves': 'eth0 eth1',
    'class/net/bond0/lower_eth0/bonding_slave/mii_status': 'up',
    'class/net/bond0/slave_eth1/bonding_slave/mii_status': 'down',
    'class/net/dmz/bonding/slaves': '',
  };
  expect(samplesOf(await bonding(fixtureHost({ sys }))())).toEqual([
    'node_bonding_slaves{master="bond0"} 2',
    'node_bonding_slaves{master="dmz"} 0',
    'node_bonding_active{master="bond0"} 1',
    'node_bonding_active{master="dmz"} 0',
  ]);
});

test('IPVS: totals, and servers of TCP services, of IPv6 services and of marks', () => {
  expect(parseEndpoint('C0A80016:0CEA')).toEqual({ address: '192.168.0.22', port: '3306' });
  expect(parseEndpoint('[2620:0000:0000:0000:0000:0000:0000:0001]:0050')).toEqual({ address: '2620::1', port: '80' });
  const families = new Families();
  addIpvsTotals(
    '   Total Incoming Outgoing         Incoming         Outgoing\n   Conns  Packets  Packets            Bytes            Bytes\n 16AA370 E33656E5        0     51D8C8883AB3        0\n\n',
    families,
  );
  addIpvsBackends(
    `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  C0A80016:0CEA wlc
  -> C0A85216:0CEA      Tunnel  100    248        2
FWM  10001000 wlc
  -> C0A8321A:0CEA      Route   20     64         1
`,
    families,
  );
  const samples = samplesOf(families);
  expect(samples).toContain('node_ipvs_connections_total 23765872');
  expect(samples).toContain('node_ipvs_incoming_bytes_total 89991519156915');
  expect(samples).toContain(
    'node_ipvs_backend_connections_active{local_address="192.168.0.22",local_port="3306",proto="TCP",local_mark="",remote_address="192.168.82.22",remote_port="3306"} 248',
  );
  expect(samples).toContain(
    'node_ipvs_backend_weight{local_address="",local_port="0",proto="FWM",local_mark="10001000",remote_address="192.168.50.26",remote_port="3306"} 20',
  );
});

test('NFS calls by version and procedure; lines that are missing count nothing', () => {
  const client = samplesOf(parseNfs('net 70 69 1 45\nrpc 1218785755 374636 12\nproc3 22 1 4084749 29200 94754\nproc4 61 0 9 8\n'));
  expect(client).toContain('node_nfs_packets_total{protocol="udp"} 69');
  expect(client).toContain('node_nfs_rpc_retransmissions_total 374636');
  expect(client).toContain('node_nfs_requests_total{proto="3",method="GetAttr"} 4084749');
  expect(client).toContain('node_nfs_requests_total{proto="4",method="Write"} 8');
  expect(client).toContain('node_nfs_requests_total{proto="2",method="Read"} 0');
  const server = samplesOf(
    parseNfsd(
      'rc 0 6 18622\nfh 3 0 0 0 0\nio 157286400 72864\nth 8 0 0.000 1.5\nra 32 0 0 0 0 0 0 0 0 0 0 7\nnet 972 55 917 1\nrpc 18628 3 1 2 0\nproc4ops 40 0 0 0 5 6\n',
    ),
  );
  expect(server).toContain('node_nfsd_reply_cache_nocache_total 18622');
  expect(server).toContain('node_nfsd_server_threads 8');
  expect(server).toContain('node_nfsd_read_ahead_cache_not_found_total 7');
  expect(server).toContain('node_nfsd_rpc_errors_total{error="auth"} 2');
  expect(server).toContain('node_nfsd_requests_total{proto="4",method="Access"} 5');
  expect(server.some((line) => line.includes('method="Null"') || line.includes('method="-"'))).toBe(false);
});
